namespace Qdrant.Local.Queries;

/// <summary>By how many pairs a point is on the good side of, then by likeness to the target.</summary>
internal sealed record DiscoverQuery(QueryVector Target, IReadOnlyList<ContextPair> Context) : Query;
