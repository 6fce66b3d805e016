using System.Buffers;

namespace Rag.Observability.Redaction.Shapes;

/// <summary>
/// The value behind a name: <c>password=x</c>, <c>"api_key": "x"</c>, <c>Authorization: Bearer x</c>, <c>;Pwd=x y;</c>, <c>{ Password = x }</c>, <c>--token x</c>, <c>&lt;secret&gt;x&lt;/secret&gt;</c>.
/// </summary>
internal static class NamedValues
{
    private const int LongestName = 64;
    private const int MostSpaces = 4;

    private static readonly SearchValues<char> NameLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

    private static readonly SearchValues<char> AfterNames = SearchValues.Create("=: \t\"'\\]>,");

    /// <param name="text">The whole text.</param>
    /// <param name="anchor">Index of something that the names of secrets contain.</param>
    /// <param name="floor">End of the secret before.</param>
    /// <param name="secret">The value.</param>
    /// <param name="examined">End of the name, when it has no secret value.</param>
    public static bool TryMatch(ReadOnlySpan<char> text, int anchor, int floor, out Secret secret, out int examined)
    {
        secret = Secret.None;
        var length = text.Slice(anchor, Math.Min(LongestName, text.Length - anchor)).IndexOfAnyExcept(NameLetters);
        var end = length < 0 ? Math.Min(text.Length, anchor + LongestName) : anchor + length;
        examined = end;

        // Most words of sentences end here: nothing that follows could assign a value.
        if (end >= text.Length || !AfterNames.Contains(text[end])) return false;
        var before = text[Math.Max(floor, anchor - LongestName)..anchor];
        var start = anchor - (before.Length - 1 - before.LastIndexOfAnyExcept(NameLetters));
        if (!TrySeparator(text, start, end, out var name)) return false;
        if (!IsSecret(text, floor, start, end)) return false;
        return SecretValue.TryRead(text, name with { Start = start, End = end }, out secret);
    }

    private static bool IsSecret(ReadOnlySpan<char> text, int floor, int start, int end)
    {
        var name = text[start..end];
        if (SecretNames.IsSecret(name)) return true;
        if (!name.Equals("key", StringComparison.OrdinalIgnoreCase) || start == floor || start == 0) return false;

        // "?key=…" of a URL, and "API key: …" in a sentence.
        if (text[start - 1] is '?' or '&') return true;
        if (text[start - 1] != ' ') return false;
        var previous = text[Math.Max(floor, start - 1 - LongestName)..(start - 1)];
        var wordStart = start - 1 - (previous.Length - 1 - previous.LastIndexOfAnyExcept(NameLetters));
        return SecretNames.IsSecret(text[wordStart..end]);
    }

    /// <summary>What stands between a name and its value.</summary>
    private static bool TrySeparator(ReadOnlySpan<char> text, int start, int end, out SecretName name)
    {
        name = default;
        var i = end;

        // The closing quote of a JSON name, escaped as often as the JSON is nested in strings; headers["X"].
        while (i < text.Length && text[i] == '\\') i++;
        if (i < text.Length && text[i] is '"' or '\'') i++;
        else i = end;
        var isQuoted = i > end;
        var isJson = isQuoted && text[i - 1] == '"';
        if (i < text.Length && text[i] == ']') i++;

        if (i < text.Length && text[i] == '>' && start > 0 && text[start - 1] == '<')
        {
            name = new SecretName(Value: i + 1, Separator: '>', IsJson: false, IsSpaced: false);
            return true;
        }

        if (i < text.Length && text[i] == ',' && start > 0 && text[start - 1] == '[' && Spaces(text, i + 1) is var pair and > 0)
        {
            // A key and a value as .NET prints them: [password, hunter2].
            name = new SecretName(Value: i + 1 + pair, Separator: ',', IsJson: false, IsSpaced: false);
            return true;
        }

        var before = Spaces(text, i);
        i += before;
        if (before > 0 && start > 1 && text[start - 1] == '-' && !IsSeparator(text, i)) return false;
        if (before > 0 && !isQuoted && text[start..end].StartsWith("--") && !IsSeparator(text, i))
        {
            name = new SecretName(Value: i, Separator: ' ', IsJson: false, IsSpaced: false);
            return true;
        }

        if (!IsSeparator(text, i)) return false;
        var separator = text[i++];
        while (i < text.Length && text[i] is '=' or '>') i++;
        var after = Spaces(text, i);
        name = new SecretName(Value: i + after, separator, isJson, IsSpaced: before > 0 && after > 0);
        return true;
    }

    private static bool IsSeparator(ReadOnlySpan<char> text, int index) => index < text.Length && text[index] is '=' or ':';

    private static int Spaces(ReadOnlySpan<char> text, int from)
    {
        var count = 0;
        while (count < MostSpaces && from + count < text.Length && text[from + count] is ' ' or '\t') count++;
        return count;
    }
}
