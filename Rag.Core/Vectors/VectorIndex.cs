using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Rag.Core.Search;
using Rag.Observability.Errors;

namespace Rag.Core.Vectors;

/// <summary>
/// The vectors of all passages. Makes the collection of the embedding model when it is first needed, with payload indexes for the fields that searches
/// filter by, and makes it again when it has vanished.
/// </summary>
internal sealed class VectorIndex(QdrantClient client, IEmbeddingGenerator<string, Embedding<float>> embeddings, IOptions<VectorOptions> options)
{
    private const int PageSize = 1000;
    private const int NotFound = 404;

    private readonly ConcurrentDictionary<string, bool> _ensured = new(StringComparer.Ordinal);
    private readonly EmbeddingGeneratorMetadata _model =
        embeddings.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata
        ?? throw new InvalidOperationException("The embedding generator does not say which model it uses.");

    /// <summary>The collection that vectors are written to.</summary>
    public string Collection => CollectionName.For(options.Value.CollectionPrefix, _model.DefaultModelId ?? "model", Dimension);

    private int Dimension => _model.DefaultModelDimensions
        ?? throw new InvalidOperationException("The embedding generator does not say how long its vectors are: set Embeddings:Dimensions.");

    /// <summary>Writes vectors, replacing those of the same id. Durable when it returns.</summary>
    /// <exception cref="EmbeddingServiceException">A vector has the wrong length or a value that is not finite.</exception>
    /// <exception cref="VectorDatabaseException">The store failed.</exception>
    public Task UpsertAsync(IReadOnlyList<VectorPoint> points, CancellationToken cancellationToken)
    {
        if (points.Count == 0) return Task.CompletedTask;
        foreach (var point in points) Check(point.Vector.Span);
        return WithCollectionAsync(Collection, c => client.UpsertAsync(c, points, cancellationToken), cancellationToken);
    }

    /// <summary>Removes vectors; ids that are not there are ignored.</summary>
    public Task DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        ids.Count == 0 ? Task.CompletedTask : WithCollectionAsync(Collection, c => client.DeleteAsync(c, ids, cancellationToken), cancellationToken);

    /// <summary>The passages nearest to a query vector, best first.</summary>
    public async Task<IReadOnlyList<ScoredPoint>> SearchAsync(ReadOnlyMemory<float> query, int limit, SearchFilter? filter, CancellationToken cancellationToken)
    {
        Check(query.Span);
        IReadOnlyList<ScoredPoint> hits = [];
        await WithCollectionAsync(Collection, async c => hits = await client.QueryAsync(c, query, limit, filter, cancellationToken), cancellationToken);
        return hits;
    }

    /// <summary>Every vector by name, in ascending order of ids.</summary>
    public async IAsyncEnumerable<VectorEntry> ScrollAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await EnsureAsync(Collection, cancellationToken);
        Guid? offset = null;
        do
        {
            var (entries, next) = await client.ScrollAsync(Collection, offset, PageSize, cancellationToken);
            foreach (var entry in entries) yield return entry;
            offset = next;
        }
        while (offset is not null);
    }

    private async Task WithCollectionAsync(string collection, Func<string, Task> operation, CancellationToken cancellationToken)
    {
        await EnsureAsync(collection, cancellationToken);
        try
        {
            await operation(collection);
        }
        catch (VectorDatabaseException e) when (e.Status == NotFound)
        {
            // Someone emptied the store under us. The collection comes back; its vectors follow when documents are written again.
            _ensured.TryRemove(collection, out _);
            await EnsureAsync(collection, cancellationToken);
            await operation(collection);
        }
    }

    // Several callers may do this at once: every step may be repeated.
    private async Task EnsureAsync(string collection, CancellationToken cancellationToken)
    {
        if (_ensured.ContainsKey(collection)) return;

        if (!await client.ExistsAsync(collection, cancellationToken)) await client.CreateAsync(collection, Dimension, cancellationToken);
        var dimension = await client.GetDimensionAsync(collection, cancellationToken);
        if (dimension != Dimension)
            throw new VectorDatabaseException(
                "The vector collection does not fit the embedding model.", $"{collection} has dimension {dimension}, the model {Dimension}", null, "get_collection");

        await client.CreateIndexAsync(collection, QdrantFilter.DocumentId, "keyword", cancellationToken);
        await client.CreateIndexAsync(collection, QdrantFilter.Source, "keyword", cancellationToken);
        await client.CreateIndexAsync(collection, QdrantFilter.SourceType, "keyword", cancellationToken);
        await client.CreateIndexAsync(collection, QdrantFilter.PublishedAt, "datetime", cancellationToken);
        foreach (var field in options.Value.IndexedMetadata)
            await client.CreateIndexAsync(collection, QdrantFilter.MetadataPath(field), "keyword", cancellationToken);
        _ensured[collection] = true;
    }

    private void Check(ReadOnlySpan<float> vector)
    {
        if (vector.Length != Dimension)
            throw new EmbeddingServiceException("The embedding model gave a vector of the wrong length.", $"{vector.Length} instead of {Dimension}");
        if (!TensorPrimitives.IsFiniteAll(vector))
            throw new EmbeddingServiceException("The embedding model gave a vector with values that are no numbers.");
    }
}
