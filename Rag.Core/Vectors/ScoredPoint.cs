namespace Rag.Core.Vectors;

/// <summary>A vector near the query.</summary>
/// <param name="Id">The chunk's id.</param>
/// <param name="DocumentId">The document the chunk was made for.</param>
/// <param name="Score">Cosine similarity, -1..1, larger is nearer.</param>
public sealed record ScoredPoint(Guid Id, string DocumentId, float Score);
