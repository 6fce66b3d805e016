namespace Rag.Observability.Redaction.Shapes;

/// <summary>
/// Payment card numbers: 13 to 19 digits that pass the Luhn check (ISO/IEC 7812-1), written without separators or in the groups that are printed on cards.
/// One random number in ten passes the check, so that lengths other than 16 must also begin as cards do; a digit run that is part of a word, a decimal or an identifier is none.
/// </summary>
internal static class CardNumbers
{
    private const int Shortest = 13;
    private const int Longest = 19;

    public static Secret Find(ReadOnlySpan<char> text, int from)
    {
        // Thirteen characters in a row hold exactly one probe: what lies between two probes that hit nothing is too short for a card.
        for (var probe = from + Shortest - 1; probe < text.Length; probe += Shortest)
        {
            if (!IsPart(text, probe)) continue;

            var start = probe;
            while (start > from && IsPart(text, start - 1)) start--;
            var end = probe + 1;
            while (end < text.Length && IsPart(text, end)) end++;

            if (end - start >= Shortest && TryMatch(text, start, end, out var secret)) return secret;
            probe = end - 1;
        }

        return Secret.None;
    }

    /// <summary>A digit, or a single separator between two digits.</summary>
    private static bool IsPart(ReadOnlySpan<char> text, int index)
    {
        var c = text[index];
        return char.IsAsciiDigit(c)
            || (c is ' ' or '-' && index > 0 && index + 1 < text.Length && char.IsAsciiDigit(text[index - 1]) && char.IsAsciiDigit(text[index + 1]));
    }

    private static bool TryMatch(ReadOnlySpan<char> text, int runStart, int runEnd, out Secret secret)
    {
        for (var start = runStart; start < runEnd; start = NextGroup(text, start, runEnd))
        {
            var end = EndOfNumber(text, start, runEnd);
            if (end > 0 && HasBorders(text, start, end) && IsCard(text[start..end]))
            {
                secret = new Secret(start, end);
                return true;
            }
        }

        secret = Secret.None;
        return false;
    }

    private static int NextGroup(ReadOnlySpan<char> text, int start, int runEnd)
    {
        var end = GroupEnd(text, start, runEnd);
        return end < runEnd ? end + 1 : runEnd;
    }

    private static int GroupEnd(ReadOnlySpan<char> text, int start, int runEnd)
    {
        while (start < runEnd && char.IsAsciiDigit(text[start])) start++;
        return start;
    }

    /// <summary>End of a number that begins here: one long group, or 4-4-4-1 up to 4-4-4-4-3, or 4-6-4 and 4-6-5, with the same separator throughout; 0 when there is none.</summary>
    private static int EndOfNumber(ReadOnlySpan<char> text, int start, int runEnd)
    {
        var end = GroupEnd(text, start, runEnd);
        var length = end - start;
        if (length is >= Shortest and <= Longest) return end;
        if (length != 4 || end == runEnd) return 0;

        var separator = text[end];
        var second = GroupEnd(text, end + 1, runEnd);
        var secondLength = second - end - 1;
        if (secondLength is not (4 or 6) || second == runEnd || text[second] != separator) return 0;
        var third = GroupEnd(text, second + 1, runEnd);
        if (secondLength == 6) return third - second - 1 is 4 or 5 ? third : 0;
        if (third - second - 1 != 4 || third == runEnd || text[third] != separator) return 0;
        var fourth = GroupEnd(text, third + 1, runEnd);
        if (fourth - third - 1 is < 1 or > 4) return 0;
        if (fourth - third - 1 < 4 || fourth == runEnd || text[fourth] != separator) return fourth;
        var fifth = GroupEnd(text, fourth + 1, runEnd);
        return fifth - fourth - 1 <= 3 && IsCard(text[start..fifth]) ? fifth : fourth;
    }

    private static bool HasBorders(ReadOnlySpan<char> text, int start, int end)
    {
        if (start > 0 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] == '_')) return false;
        if (start > 1 && text[start - 1] is '.' or ',' && char.IsAsciiDigit(text[start - 2])) return false;
        if (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')) return false;
        return end + 1 >= text.Length || text[end] != '.' || !char.IsAsciiDigit(text[end + 1]);
    }

    private static bool IsCard(ReadOnlySpan<char> text)
    {
        var (sum, digits, isSecond) = (0, 0, false);
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit(text[i])) continue;
            var digit = text[i] - '0';
            digits++;
            sum += !isSecond ? digit : digit > 4 ? (digit * 2) - 9 : digit * 2;
            isSecond = !isSecond;
        }

        return sum > 0 && sum % 10 == 0 && digits is >= Shortest and <= Longest && (digits == 16 || BeginsAsCardsDo(text));
    }

    /// <summary>American Express, Diners, JCB; Visa; Mastercard, Maestro; Discover, UnionPay.</summary>
    private static bool BeginsAsCardsDo(ReadOnlySpan<char> text) => (text[0], text[1]) switch
    {
        ('3', '0' or '4' or '5' or '6' or '7' or '8' or '9') => true,
        ('4', _) => true,
        ('5', not ('0' or '9')) => true,
        ('6', '0' or '2' or '4' or '5' or '7') => true,
        _ => false,
    };
}
