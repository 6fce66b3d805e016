using System.Runtime.InteropServices;
using System.Text;

namespace Rag.Core.Search.Keyword;

/// <summary>Takes texts and queries apart into the terms that keyword search compares. The rules are those of <see cref="TermReader"/>.</summary>
internal static class TermAnalyzer
{
    /// <summary>Counts the terms of a text.</summary>
    /// <returns>Term → how often the text holds it, 1 or more.</returns>
    public static IReadOnlyDictionary<string, int> Count(string text) => Count(text, isQuery: false);

    /// <summary>Counts the terms of a query: like those of a text, but pairs only in scripts without spaces.</summary>
    public static IReadOnlyDictionary<string, int> CountQuery(string query) => Count(query, isQuery: true);

    /// <summary>Unicode form NFKC, in which every reader of terms expects its text; halves of surrogate pairs become U+FFFD.</summary>
    public static string Normalize(string text)
    {
        if (Ascii.IsValid(text)) return text;
        try
        {
            return text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Normalize(NormalizationForm.FormKC);
        }
    }

    private static Dictionary<string, int> Count(string text, bool isQuery)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        var reader = new TermReader(Normalize(text), isQuery, stackalloc char[TermReader.LongestTerm + 2]);
        while (reader.Read()) CollectionsMarshal.GetValueRefOrAddDefault(lookup, reader.Term, out _)++;
        return counts;
    }
}
