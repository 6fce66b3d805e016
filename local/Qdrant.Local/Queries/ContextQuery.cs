namespace Qdrant.Local.Queries;

/// <summary>By how far a point is on the bad side of pairs; 0 is best.</summary>
internal sealed record ContextQuery(IReadOnlyList<ContextPair> Pairs) : Query;
