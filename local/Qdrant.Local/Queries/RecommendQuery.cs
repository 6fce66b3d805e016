namespace Qdrant.Local.Queries;

/// <summary>By likeness to good examples and unlikeness to bad ones.</summary>
internal sealed record RecommendQuery(IReadOnlyList<QueryVector> Positive, IReadOnlyList<QueryVector> Negative, RecommendStrategy Strategy) : Query;
