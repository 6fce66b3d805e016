using System.Buffers;
using System.Text;
using System.Text.Json;
using Rag.Observability.Errors;

namespace Rag.Core.Documents;

/// <summary>Reads a caller's metadata: an object of scalars, which comes out in one canonical form.</summary>
internal static class DocumentMetadata
{
    public const string Empty = "{}";

    /// <returns>Canonical JSON; meaningless when errors were added.</returns>
    public static string Read(JsonElement? metadata, string field, DocumentOptions limits, List<FieldError> errors)
    {
        if (metadata is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } element) return Empty;
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new FieldError(field, "must be an object", "wrong_type"));
            return Empty;
        }

        var values = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        try
        {
            foreach (var property in element.EnumerateObject())
            {
                Check(property, field, limits, errors);
                if (!values.TryAdd(property.Name, property.Value)) errors.Add(new FieldError(field, "names a field twice", "duplicate"));
            }
        }
        catch (InvalidOperationException)
        {
            // JsonElement decodes names and strings late, and throws this for half of a surrogate pair.
            errors.Add(new FieldError(field, "holds text that is no valid Unicode", "invalid_characters"));
        }

        if (values.Count > limits.MaxMetadataFields) errors.Add(new FieldError(field, $"must have at most {limits.MaxMetadataFields} fields", "too_long"));
        return errors.Count == 0 ? Write(values) : Empty;
    }

    private static void Check(JsonProperty property, string field, DocumentOptions limits, List<FieldError> errors)
    {
        // The path names the key only when the key itself keeps the rules: answers hold no text that we would not store.
        if (property.Name.Length is 0 || property.Name.Length > limits.MaxMetadataKeyLength || !StorableText.IsStorable(property.Name))
        {
            errors.Add(new FieldError(field, $"keys must have 1 to {limits.MaxMetadataKeyLength} characters, none of them U+0000", "invalid_key"));
            return;
        }

        var path = $"{field}.{property.Name}";
        switch (property.Value.ValueKind)
        {
            case JsonValueKind.String:
                var text = property.Value.GetString()!;
                if (text.Length > limits.MaxMetadataValueLength) errors.Add(new FieldError(path, $"must have at most {limits.MaxMetadataValueLength} characters", "too_long"));
                if (!StorableText.IsStorable(text)) errors.Add(new FieldError(path, StorableText.Rule, "invalid_characters"));
                break;
            case JsonValueKind.Number when !property.Value.TryGetDouble(out var number) || !double.IsFinite(number):
                errors.Add(new FieldError(path, "must be a number in the range of a 64-bit float", "out_of_range"));
                break;
            case JsonValueKind.Object or JsonValueKind.Array:
                errors.Add(new FieldError(path, "must be a string, a number, a boolean or null", "wrong_type"));
                break;
        }
    }

    private static string Write(SortedDictionary<string, JsonElement> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (key, value) in values)
            {
                writer.WritePropertyName(key);
                // 1e-999999 is a valid JSON number that PostgreSQL's numeric cannot hold: numbers are written as what they are worth.
                if (value.ValueKind != JsonValueKind.Number) value.WriteTo(writer);
                else if (value.TryGetInt64(out var whole)) writer.WriteNumberValue(whole);
                else writer.WriteNumberValue(value.GetDouble());
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
