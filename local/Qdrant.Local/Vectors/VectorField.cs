namespace Qdrant.Local.Vectors;

/// <summary>One named vector of a collection.</summary>
/// <param name="Name">Its name; empty for the unnamed vector.</param>
/// <param name="Ordinal">Its number in the log's records; never changes once the collection exists.</param>
/// <param name="Size">Numbers per dense vector; 0 for sparse fields.</param>
/// <param name="Quantized">Whether an int8 copy is kept for the first pass of a search.</param>
internal sealed record VectorField(string Name, int Ordinal, VectorKind Kind, int Size, Distance Distance, bool Quantized);
