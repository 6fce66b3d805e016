namespace Rag.Core.Vectors;

/// <summary>A passage as the vector store keeps it.</summary>
/// <param name="Id">The chunk's id: the same in rag.chunks.</param>
/// <param name="Vector">Embedding of the passage, as long as the collection's dimension, finite values only.</param>
/// <param name="Payload">What searches filter by.</param>
public sealed record VectorPoint(Guid Id, ReadOnlyMemory<float> Vector, VectorPayload Payload);
