using Rag.Core.Search.Hybrid;
using Rag.Core.Search.Keyword;

namespace Rag.Core.Search.Passages;

/// <summary>Picks the passage that shows best why a document was found.</summary>
internal static class PassageChoice
{
    private const int MostMatches = 100;

    /// <param name="passages">The document's passages, at least one.</param>
    /// <param name="candidate">What the semantic search said about them.</param>
    /// <param name="weights">Weight of each term of the query.</param>
    /// <param name="options">Share of the words, and k1.</param>
    public static FoundPassage Best(
        IReadOnlyList<FoundPassage> passages, Candidate candidate, IReadOnlyDictionary<string, double> weights, SearchOptions options)
    {
        if (passages.Count == 1) return passages[0];

        var words = passages.Select(passage => Score(passage, weights, options.K1)).ToArray();
        var mostWords = Math.Max(words.Max(), double.Epsilon);
        var meaning = candidate.Passages.ToDictionary(passage => passage.Id, passage => passage.Score);
        var mostMeaning = Math.Max(meaning.Values.DefaultIfEmpty().Max(), double.Epsilon);
        return passages
            .Select((passage, i) => (Passage: passage,
                Score: (options.KeywordWeight * words[i] / mostWords) + ((1 - options.KeywordWeight) * meaning.GetValueOrDefault(passage.Id) / mostMeaning)))
            .MaxBy(scored => scored.Score)
            .Passage;
    }

    /// <summary>Where the passage holds words of the query.</summary>
    public static IReadOnlyList<TextSpan> Matches(string text, IReadOnlySet<string> terms)
    {
        // Positions are those of the text as it is shown. Texts that had to be normalised have others, so nothing is marked in them.
        if (terms.Count == 0 || !ReferenceEquals(TermAnalyzer.Normalize(text), text)) return [];

        var matches = new List<TextSpan>();
        var lookup = ((HashSet<string>)terms).GetAlternateLookup<ReadOnlySpan<char>>();
        var reader = new TermReader(text, isQuery: true, stackalloc char[TermReader.LongestTerm + 2]);
        while (matches.Count < MostMatches && reader.Read())
        {
            if (lookup.Contains(reader.Term)) matches.Add(new TextSpan(reader.Start, reader.End));
        }

        return matches;
    }

    // Passages are about equally long, so length needs no correction.
    private static double Score(FoundPassage passage, IReadOnlyDictionary<string, double> weights, double k1)
    {
        var counts = TermAnalyzer.Count(passage.Heading.Length == 0 ? passage.Text : $"{passage.Heading}\n{passage.Text}");
        var score = 0.0;
        foreach (var (term, weight) in weights)
        {
            if (counts.TryGetValue(term, out var frequency)) score += weight * frequency * (k1 + 1) / (frequency + k1);
        }

        return score;
    }
}
