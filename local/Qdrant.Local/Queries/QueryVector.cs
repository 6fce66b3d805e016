using Qdrant.Local.Points;

namespace Qdrant.Local.Queries;

/// <summary>Something that stands for a vector in a query: an id whose vector is meant, or a vector as it was given.</summary>
/// <param name="Id">The id; null for a given vector.</param>
/// <param name="Rows">Dense rows: one, or several for a multivector; empty for a sparse vector or an id.</param>
/// <param name="Sparse">An encoded sparse vector; null otherwise.</param>
internal sealed record QueryVector(PointId? Id, IReadOnlyList<float[]> Rows, byte[]? Sparse = null);
