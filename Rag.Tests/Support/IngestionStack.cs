using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rag.Core.Chunking;
using Rag.Core.Documents;
using Rag.Core.Documents.Ingestion;
using Rag.Core.Embeddings;
using Rag.Core.Jobs;
using Rag.Core.Vectors;
using Rag.Tests.Unit.Embeddings;

namespace Rag.Tests.Support;

/// <summary>Everything that a document passes through, in this process: PostgreSQL and the vector store are real, the embedding model is a stub.</summary>
internal sealed class IngestionStack(QueueHost host, LocalQdrant qdrant) : IAsyncDisposable
{
    public QueueHost Host { get; } = host;

    public LocalQdrant Qdrant { get; } = qdrant;

    public DocumentStore Documents => Host.Get<DocumentStore>();

    public VectorIndex Vectors => Host.Get<VectorIndex>();

    public static async Task<IngestionStack> StartAsync(
        string connectionString, IEmbeddingGenerator<string, Embedding<float>>? model = null, Action<JobWorkerOptions>? configure = null)
    {
        var qdrant = await LocalQdrant.StartAsync();
        var host = await QueueHost.StartAsync(
            connectionString, [],
            options =>
            {
                options.FirstBackoff = TimeSpan.FromMilliseconds(5);
                options.LongestBackoff = options.LongestThrottle = TimeSpan.FromMilliseconds(50);
                options.PollInterval = TimeSpan.FromMilliseconds(20);
                configure?.Invoke(options);
            },
            builder => Compose(builder, qdrant, model ?? new StubGenerator()));
        return new IngestionStack(host, qdrant);
    }

    public async Task<AcceptedDocument> AcceptAsync(string id, string title, string text) =>
        (await Documents.AcceptAsync([new DocumentSubmission(id, title, text)], "documents", requestId: null, CancellationToken.None)).Single();

    public Task StatusAsync(string id, DocumentStatus status) =>
        QueueHost.UntilAsync(async () => (await Documents.GetAsync(id, CancellationToken.None)).Status == status, $"{id} is {status}");

    /// <summary>Waits until the queue is empty.</summary>
    public Task IdleAsync() => QueueHost.UntilAsync(async () => await Host.CountAsync("state in ('queued', 'running')") == 0, "all jobs are done");

    public async Task<HashSet<Guid>> VectorIdsAsync() => [.. await Vectors.ScrollAsync(CancellationToken.None).Select(entry => entry.Id).ToListAsync()];

    public async Task<HashSet<Guid>> ChunkIdsAsync() => [.. await Host.QueryAsync("select id from rag.chunks", reader => reader.GetGuid(0))];

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Qdrant.DisposeAsync();
    }

    private static void Compose(IHostApplicationBuilder builder, LocalQdrant qdrant, IEmbeddingGenerator<string, Embedding<float>> model)
    {
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["ConnectionStrings:qdrant_http"] = qdrant.ConnectionString });
        builder.Services.AddSingleton(model);
        builder.Services.AddSingleton(new TextCoverage(null, Options.Create(new EmbeddingOptions())));
        builder.Services.AddSingleton<ITokenCounter, WordCounter>();
        builder.Services.AddSingleton(new TextCoverage(null, Options.Create(new EmbeddingOptions())));
        builder.Services.AddOptions<ChunkerOptions>();
        builder.Services.AddSingleton<Chunker>();
        builder.AddVectors();
        builder.AddIngestion();
    }
}
