namespace Qdrant.Local.Vectors;

/// <summary>What a vector field holds: one dense vector, a sparse one, or several dense ones per point.</summary>
internal enum VectorKind
{
    Dense,
    Sparse,
    Multi,
}
