using Rag.Core.Vectors;

namespace Rag.Core.Search.Hybrid;

/// <summary>A document on its way to the results.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="KeywordScore">Its share of the score by words; null when the keyword search did not find it.</param>
/// <param name="Passages">Its passages that the semantic search found, each with its share of the score, best first.</param>
internal sealed record Candidate(string DocumentId, double? KeywordScore, IReadOnlyList<(Guid Id, double Score)> Passages)
{
    public double Score => (KeywordScore ?? 0) + (Passages is [var best, ..] ? best.Score : 0);

    public bool IsFound => KeywordScore is not null || Passages.Count > 0;

    /// <summary>The same document without the passages that nobody may see any more.</summary>
    public Candidate Without(Func<Guid, bool> isGone) =>
        Passages.Any(passage => isGone(passage.Id)) ? this with { Passages = [.. Passages.Where(passage => !isGone(passage.Id))] } : this;

    /// <summary>Best first; equal scores in the order of ids, so that the same search gives the same order.</summary>
    public static int Compare(Candidate left, Candidate right)
    {
        var byScore = right.Score.CompareTo(left.Score);
        return byScore != 0 ? byScore : string.CompareOrdinal(left.DocumentId, right.DocumentId);
    }
}
