namespace Rag.Core.Search.Keyword;

/// <summary>What the keyword search found.</summary>
/// <param name="Documents">Best first.</param>
/// <param name="TermWeights">Each term of the query with its inverse document frequency, times how often the query holds it.</param>
internal sealed record KeywordHits(IReadOnlyList<ScoredDocument> Documents, IReadOnlyDictionary<string, double> TermWeights)
{
    public static readonly KeywordHits None = new([], new Dictionary<string, double>(StringComparer.Ordinal));
}
