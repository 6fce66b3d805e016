using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;

namespace Qdrant.Local.Filters;

/// <summary>Payloads as they are kept: compact UTF-8 JSON objects in which no member comes twice.</summary>
internal static class PayloadJson
{
    /// <summary>Nesting as deep as Qdrant's own parser takes.</summary>
    public const int MaxDepth = 128;

    private static readonly JsonWriterOptions WriteOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static JsonDocumentOptions ReadOptions { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>Brings an object into the form in which it is kept; null for an absent payload.</summary>
    public static byte[]? Normalise(JsonElement? payload)
    {
        if (payload is not { } element || element.ValueKind == JsonValueKind.Null) return null;
        element.AsObject("a map");
        return Write(json => WriteValue(json, element));
    }

    /// <summary>Runs a writer and gives what it wrote.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, WriteOptions)) write(json);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Copies a value. Of members with the same name the last one counts, as in Qdrant.</summary>
    public static void WriteValue(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(json, value);
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var element in value.EnumerateArray()) WriteValue(json, element);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(value.GetText());
                break;
            case JsonValueKind.Number:
                if (!double.IsFinite(value.GetDouble())) throw QdrantException.Format("number out of range");
                value.WriteTo(json);
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, JsonElement value)
    {
        var members = new OrderedDictionary<string, JsonElement>(value.GetPropertyCount(), StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject()) members[member.Name] = member.Value;
        json.WriteStartObject();
        foreach (var (name, member) in members)
        {
            json.WritePropertyName(name);
            WriteValue(json, member);
        }

        json.WriteEndObject();
    }
}
