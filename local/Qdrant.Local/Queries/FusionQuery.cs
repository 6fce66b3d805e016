namespace Qdrant.Local.Queries;

/// <summary>By the ranks (RRF) or the spread-normalised scores (DBSF) that points have in the prefetches.</summary>
internal sealed record FusionQuery(bool ByRank, double RankConstant = 2, IReadOnlyList<float>? Weights = null) : Query;
