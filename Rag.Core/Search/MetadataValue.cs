using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rag.Core.Search;

/// <summary>
/// A value that a metadata field is compared with: text, whole number or yes/no, compared by type. Fractions are left out on purpose: equality of
/// fractions is decided differently by the two stores.
/// </summary>
public readonly record struct MetadataValue
{
    private readonly string? _text;
    private readonly long _number;
    private readonly JsonValueKind _kind;

    public MetadataValue(string text) => (_text, _kind) = (text, JsonValueKind.String);

    public MetadataValue(long number) => (_number, _kind) = (number, JsonValueKind.Number);

    public MetadataValue(bool value) => _kind = value ? JsonValueKind.True : JsonValueKind.False;

    public bool IsText => _kind == JsonValueKind.String;

    public bool IsNumber => _kind == JsonValueKind.Number;

    public void WriteTo(Utf8JsonWriter writer)
    {
        if (IsText) writer.WriteStringValue(_text);
        else if (IsNumber) writer.WriteNumberValue(_number);
        else writer.WriteBooleanValue(_kind == JsonValueKind.True);
    }

    public JsonNode ToNode() => IsText ? JsonValue.Create(_text)! : IsNumber ? JsonValue.Create(_number) : JsonValue.Create(_kind == JsonValueKind.True);
}
