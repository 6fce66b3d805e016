using Rag.Core.Vectors;
using Rag.Core.Vectors.Collections;
using Rag.Observability.Errors;

namespace Rag.Core.Search.Semantic;

/// <summary>What the semantic search found, or why it could not look.</summary>
/// <param name="Passages">Best first.</param>
/// <param name="Reason">One of <see cref="DegradedReason"/>, or null when it looked.</param>
/// <param name="Failure">What went wrong, if something did.</param>
internal sealed record SemanticHits(IReadOnlyList<ScoredPoint> Passages, string? Reason = null, RagException? Failure = null)
{
    public static readonly SemanticHits None = new([]);

    /// <summary>What was looked for and where, for asking again.</summary>
    public (VectorCollection Collection, ReadOnlyMemory<float> Vector, long Started)? Query { get; init; }
}
