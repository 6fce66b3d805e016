using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace Rag.Observability.Logging.Lines;

/// <summary>Writes redacted values as JSON, within bounds. Knows only what the redactor leaves: plain values, lists and maps.</summary>
internal static class ValueWriter
{
    private const int LongestText = 8 * 1024;

    public static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(Cut(text, LongestText)); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): json.WriteNumberValue(number); break;
            case decimal number: json.WriteNumberValue(number); break;
            case uint number: json.WriteNumberValue(number); break;
            case ulong number: json.WriteNumberValue(number); break;
            case byte or sbyte or short or ushort: json.WriteNumberValue(Convert.ToInt32(value, CultureInfo.InvariantCulture)); break;
            case Guid id: json.WriteStringValue(id); break;
            case DateTimeOffset time: json.WriteStringValue(time); break;
            case DateTime time: json.WriteStringValue(time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc)); break;
            case IReadOnlyDictionary<string, object?> map: WriteMap(json, map); break;
            case IList list: WriteList(json, list); break;
            case IFormattable other: json.WriteStringValue(Cut(other.ToString(null, CultureInfo.InvariantCulture), LongestText)); break;
            default: json.WriteStringValue(Cut(value.ToString() ?? string.Empty, LongestText)); break;
        }
    }

    public static ReadOnlySpan<char> Cut(string text, int longest)
    {
        if (text.Length <= longest) return text;
        // Not in the middle of a surrogate pair.
        return text.AsSpan(0, char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest);
    }

    private static void WriteMap(Utf8JsonWriter json, IReadOnlyDictionary<string, object?> map)
    {
        json.WriteStartObject();
        foreach (var (key, value) in map)
        {
            json.WritePropertyName(key);
            Write(json, value);
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, IList list)
    {
        json.WriteStartArray();
        foreach (var item in list) Write(json, item);
        json.WriteEndArray();
    }
}
