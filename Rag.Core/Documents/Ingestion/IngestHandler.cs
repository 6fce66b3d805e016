using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Npgsql;
using Rag.Core.Chunking;
using Rag.Core.Jobs;
using Rag.Core.Search.Keyword;
using Rag.Core.Vectors;
using Rag.Observability;
using Rag.Observability.Logging;

namespace Rag.Core.Documents.Ingestion;

/// <summary>
/// Makes a document searchable: chunks, vectors, then one transaction after which readers see all of the new content and none of the old. Until then the new vectors
/// are in the store but in no row of rag.chunks, so searches pass over them.
/// </summary>
internal sealed class IngestHandler(
    IngestionStore store, Chunker chunker, IEmbeddingGenerator<string, Embedding<float>> embeddings, VectorIndex vectors, BusinessLog business) : IJobHandler
{
    /// <summary>Passages that are embedded and written together.</summary>
    private const int BatchSize = 64;

    private static readonly TimeSpan ReportLimit = TimeSpan.FromSeconds(2);

    public string Kind => IngestJob.Kind;

    public async Task HandleAsync(JobLease lease, CancellationToken cancellationToken)
    {
        var job = lease.Read<IngestJob>();
        Activity.Current?.SetTag(TelemetryNames.Tags.DocumentId, job.DocumentId);
        var content = await store.BeginAsync(job, cancellationToken);
        if (content is null)
        {
            await store.AbandonAsync(lease, job, cancellationToken);
            return;
        }

        var chunks = chunker.Split(content.Text);
        if (chunks.Count == 0) throw new JobFailedException("The document has no text that could be searched.");
        await store.AnnounceVectorsAsync(content, chunks.Count, cancellationToken);
        try
        {
            await WriteVectorsAsync(content, chunks, cancellationToken);
            await store.PublishAsync(lease, content, chunks, TermAnalyzer.Count($"{content.Title}\n{content.Text}"), cancellationToken);
            business.Happened("document_ingested", chunks.Count, content.DocumentId);
        }
        catch (Exception failure) when (failure is LeaseLostException or OperationCanceledException)
        {
            using var limit = new CancellationTokenSource(ReportLimit);
            await store.ReportStrayVectorsAsync(lease, content, chunks.Count, limit.Token);
            throw;
        }
    }

    public Task BuryAsync(JobLease lease, string publicReason, NpgsqlConnection connection, CancellationToken cancellationToken) =>
        store.FailAsync(connection, lease, lease.Read<IngestJob>(), publicReason, cancellationToken);

    private async Task WriteVectorsAsync(PendingContent content, IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken)
    {
        var payload = new VectorPayload(
            content.DocumentId, content.Source, content.SourceType, content.PublishedAt, JsonNode.Parse(content.Metadata)!.AsObject());
        foreach (var batch in chunks.Chunk(BatchSize))
        {
            var vectorsOfBatch = await embeddings.GenerateAsync([.. batch.Select(chunk => PassageText.ForEmbedding(content.Title, chunk.Heading, chunk.Text))], options: null, cancellationToken);
            await vectors.UpsertAsync(
                [.. batch.Zip(vectorsOfBatch, (chunk, vector) =>
                    new VectorPoint(ChunkId.Of(content.DocumentId, content.Revision, chunk.Ordinal), vector.Vector, payload))],
                cancellationToken);
        }
    }
}
