using System.Globalization;
using System.Text.RegularExpressions;
using Rag.Core.Search;
using Rag.Core.Search.Keyword;

namespace Rag.Core.Answers.Citations;

/// <summary>Finds, for each mark of an answer, the sentence of the passage that supports what stands before the mark.</summary>
internal static partial class CitationResolver
{
    /// <param name="answer">A text whose marks all point at real passages: see <see cref="CitationFilter"/>.</param>
    /// <param name="passages">The n-th is cited as <c>[n]</c>.</param>
    public static IReadOnlyList<Citation> Resolve(string answer, IReadOnlyList<SearchResult> passages)
    {
        var citations = new List<Citation>();
        var claimStart = 0;
        var claim = "";
        foreach (Match mark in Mark().Matches(answer))
        {
            var between = answer[claimStart..mark.Index].Trim();
            // Several marks in a row stand for the same statement.
            if (between.Length > 0) claim = LastSentence(between);
            claimStart = mark.Index + mark.Length;

            var n = int.Parse(mark.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
            var passage = passages[n - 1];
            var citation = new Citation(n, passage.DocumentId, passage.ChunkId, Support(passage.Text, claim));
            if (!citations.Contains(citation)) citations.Add(citation);
        }

        return citations;
    }

    [GeneratedRegex(@"\[(?<number>[0-9]{1,9})\]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mark();

    private static string LastSentence(string text) => Sentences.Of(text) is [.., var last] ? last.In(text) : text;

    private static string Support(string passage, string claim)
    {
        var sentences = Sentences.Of(passage);
        if (sentences.Count == 0) return passage;

        if (claim.Length > 0 && passage.Contains(claim, StringComparison.Ordinal)) return claim;

        var wanted = TermAnalyzer.Count(claim);
        return sentences
            .Select(sentence => sentence.In(passage))
            .MaxBy(sentence => TermAnalyzer.Count(sentence).Keys.Count(wanted.ContainsKey))!;
    }
}
