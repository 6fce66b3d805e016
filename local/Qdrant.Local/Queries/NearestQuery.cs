namespace Qdrant.Local.Queries;

/// <summary>By distance to a vector.</summary>
internal sealed record NearestQuery(QueryVector Vector) : Query;
