using Qdrant.Local.Filters;

namespace Qdrant.Local.Queries;

/// <summary>By a payload value that has a range index.</summary>
/// <param name="StartFrom">The first value wanted, on the index's scale; null for the outermost.</param>
internal sealed record OrderByQuery(PayloadPath Key, bool Descending, OrderStart? StartFrom) : Query;
