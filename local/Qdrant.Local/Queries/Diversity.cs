namespace Qdrant.Local.Queries;

/// <summary>Asks for nearest points that are unlike each other (maximal marginal relevance).</summary>
/// <param name="Weight">0 = only nearness counts, 1 = only unlikeness.</param>
/// <param name="Candidates">How many of the nearest are chosen from; null for the limit.</param>
internal sealed record Diversity(float Weight, int? Candidates);
