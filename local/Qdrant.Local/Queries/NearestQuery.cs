namespace Qdrant.Local.Queries;

/// <summary>By distance to a vector, and where asked for, by unlikeness to each other.</summary>
internal sealed record NearestQuery(QueryVector Vector, Diversity? Diversity = null) : Query;
