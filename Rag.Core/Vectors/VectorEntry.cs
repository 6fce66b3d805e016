namespace Rag.Core.Vectors;

/// <summary>A vector by name only: its chunk id and the document it was made for.</summary>
public sealed record VectorEntry(Guid Id, string DocumentId);
