namespace Rag.Core.Answers;

/// <summary>What a mark <c>[n]</c> in an answer stands for.</summary>
/// <param name="N">Number of the passage among those that were given to the model, from 1.</param>
/// <param name="DocumentId">The document.</param>
/// <param name="ChunkId">The passage.</param>
/// <param name="Quote">The sentence of the passage that supports the answer, word for word.</param>
public sealed record Citation(int N, string DocumentId, Guid ChunkId, string Quote);
