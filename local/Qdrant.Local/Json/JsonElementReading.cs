using System.Text.Json;
using Qdrant.Local.Errors;

namespace Qdrant.Local.Json;

/// <summary>Typed reading of a parsed body; every mismatch is a 400 in the words of Qdrant's own parser.</summary>
internal static class JsonElementReading
{
    /// <summary>The member's value; false when it is missing or null.</summary>
    public static bool TryMember(this JsonElement element, string name, out JsonElement value) =>
        element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    public static JsonElement Required(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value : throw QdrantException.Format($"missing field `{name}`");

    public static JsonElement AsObject(this JsonElement element, string expected)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Mismatch(element, expected);
        return element;
    }

    public static JsonElement AsArray(this JsonElement element, string expected = "a sequence")
    {
        if (element.ValueKind != JsonValueKind.Array) throw Mismatch(element, expected);
        return element;
    }

    public static string AsString(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) throw Mismatch(element, "a string");
        return element.GetText();
    }

    /// <summary>The string's text. Bodies are checked when they are read (see <see cref="JsonBody"/>), so there is always one.</summary>
    public static string GetText(this JsonElement element) => element.GetString()!;

    public static bool AsBool(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Mismatch(element, "a boolean"),
    };

    public static ulong AsUInt64(this JsonElement element, string type = "usize")
    {
        if (element.ValueKind != JsonValueKind.Number) throw Mismatch(element, type);
        return element.TryGetUInt64(out var value) ? value : throw InvalidNumber(element, type);
    }

    public static uint AsUInt32(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Number) throw Mismatch(element, "u32");
        return element.TryGetUInt32(out var value) ? value : throw InvalidNumber(element, "u32");
    }

    public static double AsDouble(this JsonElement element, string type = "f64")
    {
        if (element.ValueKind != JsonValueKind.Number) throw Mismatch(element, type);
        var value = element.GetDouble();
        return double.IsFinite(value) ? value : throw QdrantException.Format("number out of range");
    }

    public static float AsFloat(this JsonElement element)
    {
        var value = (float)element.AsDouble("f32");
        return float.IsFinite(value) ? value : throw QdrantException.Format("number out of range");
    }

    /// <summary>Refuses members outside <paramref name="known"/>.</summary>
    public static void DenyUnknown(this JsonElement element, params ReadOnlySpan<string> known)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name))
                throw QdrantException.Format($"unknown field `{member.Name}`, expected one of {string.Join(", ", known.ToArray().Select(k => $"`{k}`"))}");
        }
    }

    public static QdrantException Mismatch(JsonElement element, string expected) =>
        QdrantException.Format($"invalid type: {Describe(element)}, expected {expected}");

    private static QdrantException InvalidNumber(JsonElement element, string expected) =>
        element.TryGetInt64(out _) || element.TryGetUInt64(out _)
            ? QdrantException.Format($"invalid value: integer `{element.GetRawText()}`, expected {expected}")
            : Mismatch(element, expected);

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "map",
        JsonValueKind.Array => "sequence",
        JsonValueKind.String => $"string \"{element.GetText()}\"",
        JsonValueKind.True or JsonValueKind.False => $"boolean `{element.GetRawText()}`",
        JsonValueKind.Number => element.TryGetInt64(out _) || element.TryGetUInt64(out _)
            ? $"integer `{element.GetRawText()}`"
            : $"floating point `{element.GetRawText()}`",
        _ => "null",
    };
}
