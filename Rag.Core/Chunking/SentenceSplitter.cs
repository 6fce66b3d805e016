using System.Buffers;

namespace Rag.Core.Chunking;

/// <summary>Finds the sentences of a paragraph: English rules (abbreviations, initials, decimals, quotes) and the full stops of Chinese and Japanese.</summary>
internal static class SentenceSplitter
{
    private const int LongestAbbreviation = 8;
    private static readonly SearchValues<char> Terminators = SearchValues.Create(".!?…。！？｡");
    private static readonly SearchValues<char> Closers = SearchValues.Create("\"'”’)]»」』）");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Abbreviations = new HashSet<string>(
        ["mr", "mrs", "ms", "dr", "prof", "st", "vs", "e.g", "i.e", "cf", "al", "fig", "figs", "eq", "eqs", "sec", "ch", "vol", "pp", "approx", "ca", "resp", "viz", "no", "nos"],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Adds the sentences within <paramref name="paragraph"/>, trimmed; together they hold every character but whitespace.</summary>
    public static void Split(ReadOnlySpan<char> text, TextRange paragraph, List<TextRange> sentences)
    {
        var start = paragraph.Start;
        var position = start;
        while (position < paragraph.End)
        {
            var found = text[position..paragraph.End].IndexOfAny(Terminators);
            if (found < 0) break;
            var mark = position + found;
            var end = mark + 1;
            while (end < paragraph.End && (Terminators.Contains(text[end]) || Closers.Contains(text[end]))) end++;
            position = end;
            if (!IsBoundary(text, new TextRange(start, paragraph.End), mark, end)) continue;
            Add(text, new TextRange(start, end), sentences);
            start = end;
        }

        Add(text, new TextRange(start, paragraph.End), sentences);
    }

    private static void Add(ReadOnlySpan<char> text, TextRange range, List<TextRange> sentences)
    {
        range = range.Trim(text);
        if (range.Length > 0) sentences.Add(range);
    }

    private static bool IsBoundary(ReadOnlySpan<char> text, TextRange rest, int mark, int end)
    {
        if (text[mark] is '。' or '！' or '？' or '｡') return true;
        if (end == rest.End) return true;
        if (!char.IsWhiteSpace(text[end])) return false;

        var next = end;
        while (next < rest.End && char.IsWhiteSpace(text[next])) next++;
        if (next == rest.End) return true;
        if (char.IsLower(text[next])) return false;
        return text[mark] != '.' || end != mark + 1 || !EndsWithAbbreviation(text[rest.Start..mark], text[next]);
    }

    private static bool EndsWithAbbreviation(ReadOnlySpan<char> before, char next)
    {
        if (before.Length > LongestAbbreviation) before = before[^LongestAbbreviation..];
        var space = before.LastIndexOfAny(" \t\r\n(");
        var word = before[(space + 1)..];
        if (word.Length == 1) return char.IsLetter(word[0]) && word[0] != 'I';
        if (!Abbreviations.Contains(word)) return false;
        // "No. 5" is a number, "No. It is not." an answer.
        return !word.StartsWith("no", StringComparison.OrdinalIgnoreCase) || char.IsDigit(next);
    }
}
