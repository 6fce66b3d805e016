using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Rag.Core.Embeddings;
using Rag.Core.Vectors;
using Rag.Observability.Errors;

namespace Rag.Core.Search.Semantic;

/// <summary>Finds passages by the nearness of their embeddings to the query's, within a deadline of its own.</summary>
internal sealed class SemanticSearch(
    VectorIndex index, IEmbeddingGenerator<string, Embedding<float>> embeddings, TextCoverage languages, IOptions<SearchOptions> options, TimeProvider time)
{
    /// <summary>Never throws because a dependency is down or slow: it says so in the answer.</summary>
    public async Task<SemanticHits> FindAsync(string query, SearchFilter? filter, int depth, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Value.SemanticDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var reason = DegradedReason.EmbeddingUnavailable;
        try
        {
            if (!languages.IsKnown(query)) return new SemanticHits([], DegradedReason.Language);

            // WaitAsync: a dependency that does not listen to the token must not hold the answer either.
            var embedded = await embeddings.GenerateAsync([query], cancellationToken: either.Token).WaitAsync(either.Token);
            reason = DegradedReason.VectorDatabaseUnavailable;
            return new SemanticHits(await index.SearchAsync(embedded[0].Vector, depth, filter, either.Token).WaitAsync(either.Token));
        }
        catch (RagException e)
        {
            return new SemanticHits([], reason, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return new SemanticHits([], reason, TooSlow(reason, e));
        }
    }

    private static RagException TooSlow(string reason, Exception cause) =>
        reason == DegradedReason.EmbeddingUnavailable
            ? new EmbeddingServiceException("The embedding model is too slow. Try again in a moment.", "semantic deadline", cause)
            : new VectorDatabaseException("The vector database is too slow. Try again in a moment.", "semantic deadline", cause, "query");
}
