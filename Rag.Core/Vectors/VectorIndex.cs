using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Rag.Core.Search;
using Rag.Core.Vectors.Collections;
using Rag.Observability.Errors;

namespace Rag.Core.Vectors;

/// <summary>
/// The vectors of all passages. Writes go to the collection of the configured embedding model, searches to the one that is active: the two differ while
/// a new model's vectors are being made. A collection is made when it is first needed, with payload indexes for the fields that searches filter by, and made
/// again when it has vanished.
/// </summary>
internal sealed class VectorIndex(QdrantClient client, CollectionDirectory collections, IOptions<VectorOptions> options)
{
    private const int PageSize = 1000;
    private const int NotFound = 404;

    // Whatever is not among so many passages of the given documents is far from the query.
    private const int PassagesPerDocument = 16;
    private const int MostPassages = 4000;

    private readonly ConcurrentDictionary<string, bool> _ensured = new(StringComparer.Ordinal);

    /// <summary>Name of the collection that searches use, as far as this process knows.</summary>
    public string Collection => collections.LastKnownActive.Name;

    /// <summary>Writes vectors of the configured model, replacing those of the same id. Durable when it returns.</summary>
    /// <exception cref="EmbeddingServiceException">A vector has the wrong length or a value that is not finite.</exception>
    /// <exception cref="VectorDatabaseException">The store failed.</exception>
    public async Task UpsertAsync(IReadOnlyList<VectorPoint> points, CancellationToken cancellationToken)
    {
        await collections.RegisterAsync(cancellationToken);
        await UpsertAsync(collections.Own, points, cancellationToken);
    }

    /// <summary>Writes vectors to one collection.</summary>
    public Task UpsertAsync(VectorCollection collection, IReadOnlyList<VectorPoint> points, CancellationToken cancellationToken)
    {
        if (points.Count == 0) return Task.CompletedTask;
        foreach (var point in points) Check(collection, point.Vector.Span);
        return InAsync(
            collection,
            async () =>
            {
                await client.UpsertAsync(collection.Name, points, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Removes vectors from every collection; ids that are not there are ignored.</summary>
    public async Task DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return;
        foreach (var collection in await collections.ListAsync(cancellationToken))
        {
            try
            {
                await client.DeleteAsync(collection.Name, ids, cancellationToken);
            }
            catch (VectorDatabaseException e) when (e.Status == NotFound)
            {
                // What is not there needs no removal.
            }
        }
    }

    /// <summary>The passages nearest to a query vector of the active collection's model, best first.</summary>
    public async Task<IReadOnlyList<ScoredPoint>> SearchAsync(ReadOnlyMemory<float> query, int limit, SearchFilter? filter, CancellationToken cancellationToken) =>
        await SearchAsync(await collections.ActiveAsync(cancellationToken), query, limit, filter, cancellationToken);

    /// <summary>The passages of one collection nearest to a query vector of its model, best first.</summary>
    public Task<IReadOnlyList<ScoredPoint>> SearchAsync(
        VectorCollection collection, ReadOnlyMemory<float> query, int limit, SearchFilter? filter, CancellationToken cancellationToken)
    {
        Check(collection, query.Span);
        return InAsync(collection, () => client.QueryAsync(collection.Name, query, limit, filter, documents: null, cancellationToken), cancellationToken);
    }

    /// <summary>How near given documents are to a query vector: the best passage of each, best first. Documents without vectors are missing from the answer.</summary>
    public async Task<IReadOnlyList<ScoredPoint>> ScoreAsync(
        VectorCollection collection, ReadOnlyMemory<float> query, IReadOnlyList<string> documents, CancellationToken cancellationToken)
    {
        if (documents.Count == 0) return [];
        Check(collection, query.Span);
        var limit = Math.Min(documents.Count * PassagesPerDocument, MostPassages);
        var passages = await InAsync(
            collection, () => client.QueryAsync(collection.Name, query, limit, filter: null, documents, cancellationToken), cancellationToken);
        return [.. passages.DistinctBy(passage => passage.DocumentId, StringComparer.Ordinal)];
    }

    /// <summary>Every vector of the active collection by name, in ascending order of ids.</summary>
    public async IAsyncEnumerable<VectorEntry> ScrollAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var collection = await collections.ActiveAsync(cancellationToken);
        Guid? offset = null;
        do
        {
            var from = offset;
            var (entries, next) = await InAsync(collection, () => client.ScrollAsync(collection.Name, from, PageSize, cancellationToken), cancellationToken);
            foreach (var entry in entries) yield return entry;
            offset = next;
        }
        while (offset is not null);
    }

    /// <summary>Those of the given ids that a collection holds.</summary>
    public Task<IReadOnlySet<Guid>> FindAsync(VectorCollection collection, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        InAsync(collection, () => client.FindAsync(collection.Name, ids, cancellationToken), cancellationToken);

    /// <summary>Removes a whole collection.</summary>
    public async Task DropAsync(VectorCollection collection, CancellationToken cancellationToken)
    {
        await client.DropAsync(collection.Name, cancellationToken);
        _ensured.TryRemove(collection.Name, out _);
    }

    private async Task<T> InAsync<T>(VectorCollection collection, Func<Task<T>> operation, CancellationToken cancellationToken)
    {
        await EnsureAsync(collection, cancellationToken);
        try
        {
            return await operation();
        }
        catch (VectorDatabaseException e) when (e.Status == NotFound)
        {
            // Someone emptied the store under us. The collection comes back at once, its vectors when the worker fills it again.
            _ensured.TryRemove(collection.Name, out _);
            await EnsureAsync(collection, cancellationToken);
            return await operation();
        }
    }

    // Several callers may do this at once: every step may be repeated.
    private async Task EnsureAsync(VectorCollection collection, CancellationToken cancellationToken)
    {
        if (_ensured.ContainsKey(collection.Name)) return;

        if (!await client.ExistsAsync(collection.Name, cancellationToken)) await client.CreateAsync(collection.Name, collection.Dimension, cancellationToken);
        var dimension = await client.GetDimensionAsync(collection.Name, cancellationToken);
        if (dimension != collection.Dimension)
            throw new VectorDatabaseException(
                "The vector collection does not fit the embedding model.", $"{collection.Name} has dimension {dimension}, the model {collection.Dimension}", null, "get_collection");

        await client.CreateIndexAsync(collection.Name, QdrantFilter.DocumentId, "keyword", cancellationToken);
        await client.CreateIndexAsync(collection.Name, QdrantFilter.Source, "keyword", cancellationToken);
        await client.CreateIndexAsync(collection.Name, QdrantFilter.SourceType, "keyword", cancellationToken);
        await client.CreateIndexAsync(collection.Name, QdrantFilter.PublishedAt, "datetime", cancellationToken);
        foreach (var field in options.Value.IndexedMetadata)
            await client.CreateIndexAsync(collection.Name, QdrantFilter.MetadataPath(field), "keyword", cancellationToken);
        _ensured[collection.Name] = true;
    }

    private static void Check(VectorCollection collection, ReadOnlySpan<float> vector)
    {
        if (vector.Length != collection.Dimension)
            throw new EmbeddingServiceException("The embedding model gave a vector of the wrong length.", $"{vector.Length} instead of {collection.Dimension}");
        if (!TensorPrimitives.IsFiniteAll(vector))
            throw new EmbeddingServiceException("The embedding model gave a vector with values that are no numbers.");
    }
}
