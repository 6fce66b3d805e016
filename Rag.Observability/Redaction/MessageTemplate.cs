using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Rag.Observability.Redaction;

/// <summary>
/// Renders a message anew from its template and redacted properties. The message that the caller's formatter made holds the values themselves:
/// in <c>"Login with {Password}"</c> nothing in the text says that what follows is a password.
/// </summary>
internal static class MessageTemplate
{
    private const string OriginalFormat = "{OriginalFormat}";

    /// <returns>The text, or null when the properties hold no template.</returns>
    public static string? Render(IReadOnlyList<KeyValuePair<string, object?>> redacted)
    {
        for (var i = redacted.Count - 1; i >= 0; i--)
        {
            if (redacted[i] is { Key: OriginalFormat, Value: string template }) return Render(template, redacted);
        }

        return null;
    }

    private static string Render(string template, IReadOnlyList<KeyValuePair<string, object?>> redacted)
    {
        var text = new StringBuilder(template.Length + 64);
        var hole = 0;
        for (var i = 0; i < template.Length; i++)
        {
            var c = template[i];
            if (c is '{' or '}' && i + 1 < template.Length && template[i + 1] == c)
            {
                text.Append(c);
                i++;
                continue;
            }

            var end = c == '{' ? template.IndexOf('}', i) : -1;
            if (end < 0)
            {
                text.Append(c);
                continue;
            }

            Append(text, template.AsSpan(i + 1, end - i - 1), redacted, hole++);
            i = end;
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ReadOnlySpan<char> hole, IReadOnlyList<KeyValuePair<string, object?>> redacted, int place)
    {
        var colon = hole.IndexOf(':');
        var value = Value(hole[..(hole.IndexOfAny(',', ':') is var end and >= 0 ? end : hole.Length)], redacted, place);
        var formatted = value switch
        {
            null => "(null)",
            string s => s,
            IFormattable number when colon >= 0 => number.ToString(hole[(colon + 1)..].ToString(), CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            IEnumerable structure => JsonSerializer.Serialize<object>(structure),
            _ => value.ToString(),
        };
        text.Append(formatted);
    }

    /// <summary>By name; by place where the names in the template are not those of the properties, which the framework allows.</summary>
    private static object? Value(ReadOnlySpan<char> name, IReadOnlyList<KeyValuePair<string, object?>> redacted, int place)
    {
        foreach (var (key, value) in redacted)
        {
            if (name.Equals(key, StringComparison.OrdinalIgnoreCase)) return value;
        }

        return place < redacted.Count ? redacted[place].Value : null;
    }
}
