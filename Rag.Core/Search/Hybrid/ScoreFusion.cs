using Rag.Core.Search.Keyword;
using Rag.Core.Vectors;

namespace Rag.Core.Search.Hybrid;

/// <summary>
/// Brings the two searches together: each list is scaled to 0..1 between its own worst and best score (min-max, per query), then a document's score is
/// the weighted sum, where a list that lacks it gives nothing. A document's semantic score is that of its best passage.
/// </summary>
internal static class ScoreFusion
{
    /// <param name="keyword">Documents by words.</param>
    /// <param name="semantic">Passages by meaning.</param>
    /// <param name="keywordWeight">Share of the first list, 0..1.</param>
    public static IReadOnlyList<Candidate> Combine(IReadOnlyList<ScoredDocument> keyword, IReadOnlyList<ScoredPoint> semantic, double keywordWeight)
    {
        var words = Scale.Over(keyword.Select(document => document.Score));
        var meaning = Scale.Over(semantic.GroupBy(passage => passage.DocumentId, passage => (double)passage.Score, StringComparer.Ordinal).Select(scores => scores.Max()));
        return Merge(
            keyword.Select(document => (document.DocumentId, keywordWeight * words.Apply(document.Score))),
            semantic.Select(passage => (passage, (1 - keywordWeight) * meaning.Apply(passage.Score))));
    }

    /// <summary>One list alone: scores stay as they are.</summary>
    public static IReadOnlyList<Candidate> Single(IReadOnlyList<ScoredDocument> keyword, IReadOnlyList<ScoredPoint> semantic) =>
        Merge(keyword.Select(document => (document.DocumentId, document.Score)), semantic.Select(passage => (passage, (double)passage.Score)));

    private static List<Candidate> Merge(IEnumerable<(string Id, double Score)> keyword, IEnumerable<(ScoredPoint Point, double Score)> semantic)
    {
        var words = keyword.ToDictionary(document => document.Id, document => document.Score, StringComparer.Ordinal);
        var passages = semantic.ToLookup(passage => passage.Point.DocumentId, passage => (passage.Point.Id, passage.Score), StringComparer.Ordinal);

        var candidates = new List<Candidate>(words.Count + passages.Count);
        foreach (var (id, score) in words) candidates.Add(new Candidate(id, score, [.. passages[id]]));
        foreach (var document in passages)
        {
            if (!words.ContainsKey(document.Key)) candidates.Add(new Candidate(document.Key, null, [.. document]));
        }

        candidates.Sort(Candidate.Compare);
        return candidates;
    }

    private readonly record struct Scale(double Worst, double Best)
    {
        public static Scale Over(IEnumerable<double> scores)
        {
            var scale = new Scale(double.PositiveInfinity, double.NegativeInfinity);
            foreach (var score in scores) scale = new Scale(Math.Min(scale.Worst, score), Math.Max(scale.Best, score));
            return scale;
        }

        // A list of equal scores says that all its documents are found, not that none is.
        public double Apply(double score) => Best > Worst ? Math.Max(0, (score - Worst) / (Best - Worst)) : 1;
    }
}
