namespace Qdrant.Local.Queries;

/// <summary>A good and a bad example, which cut the space in two.</summary>
internal sealed record ContextPair(QueryVector Positive, QueryVector Negative);
