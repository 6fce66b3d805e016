using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Rag.Core.Vectors;
using Rag.Core.Vectors.Collections;
using Rag.Observability.Errors;

namespace Rag.Core.Search.Semantic;

/// <summary>
/// Finds passages by the nearness of their embeddings to the query's, within a deadline of its own. Never throws because a dependency is down or slow: it says so
/// in the answer.
/// </summary>
internal sealed class SemanticSearch(
    VectorIndex index, CollectionDirectory collections, EmbeddingModels models, IOptions<SearchOptions> options, TimeProvider time)
{
    /// <summary>The nearest passages of all.</summary>
    public async Task<SemanticHits> FindAsync(string query, SearchFilter? filter, int depth, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var reason = DegradedReason.VectorDatabaseUnavailable;
        return await WithinDeadlineAsync(
            started,
            () => reason,
            async token =>
            {
                var collection = await collections.ActiveAsync(token);
                if (models.For(collection) is not { } model) return new SemanticHits([], DegradedReason.ModelChange);
                if (!model.Coverage.IsKnown(query)) return new SemanticHits([], DegradedReason.Language);

                reason = DegradedReason.EmbeddingUnavailable;
                var vector = (await model.Generator.GenerateAsync([query], cancellationToken: token))[0].Vector;
                reason = DegradedReason.VectorDatabaseUnavailable;
                return new SemanticHits(await index.SearchAsync(collection, vector, depth, filter, token)) { Query = (collection, vector, started) };
            },
            cancellationToken);
    }

    /// <summary>Adds how near the documents are that another search found and this one did not: without it, being 201st nearest would look like being farthest.</summary>
    public async Task<SemanticHits> CompleteAsync(SemanticHits hits, IEnumerable<string> documents, CancellationToken cancellationToken)
    {
        if (hits.Query is not { } query) return hits;
        var known = hits.Passages.Select(passage => passage.DocumentId).ToHashSet(StringComparer.Ordinal);
        var missing = documents.Where(document => !known.Contains(document)).ToList();
        if (missing.Count == 0) return hits;

        return await WithinDeadlineAsync(
            query.Started,
            () => DegradedReason.VectorDatabaseUnavailable,
            async token => hits with { Passages = [.. hits.Passages, .. await index.ScoreAsync(query.Collection, query.Vector, missing, token)] },
            cancellationToken);
    }

    private async Task<SemanticHits> WithinDeadlineAsync(
        long started, Func<string> reason, Func<CancellationToken, Task<SemanticHits>> work, CancellationToken cancellationToken)
    {
        var left = options.Value.SemanticDeadline - time.GetElapsedTime(started);
        using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            // WaitAsync: a dependency that does not listen to the token must not hold the answer either.
            return await work(either.Token).WaitAsync(either.Token);
        }
        catch (RagException e)
        {
            return new SemanticHits([], reason(), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return new SemanticHits([], reason(), TooSlow(reason(), e));
        }
    }

    private static RagException TooSlow(string reason, Exception cause) =>
        reason == DegradedReason.EmbeddingUnavailable
            ? new EmbeddingServiceException("The embedding model is too slow. Try again in a moment.", "semantic deadline", cause)
            : new VectorDatabaseException("The vector database is too slow. Try again in a moment.", "semantic deadline", cause, "query");
}
