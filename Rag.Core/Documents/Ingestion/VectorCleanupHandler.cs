using Rag.Core.Jobs;
using Rag.Core.Vectors;

namespace Rag.Core.Documents.Ingestion;

/// <summary>Removes vectors that readers do not see any more. What it may remove is never needed again: revisions do not come back.</summary>
internal sealed class VectorCleanupHandler(IngestionStore store, VectorIndex vectors) : IJobHandler
{
    private const int BatchSize = 500;

    public string Kind => VectorCleanupJob.Kind;

    public async Task HandleAsync(JobLease lease, CancellationToken cancellationToken)
    {
        var documentId = lease.Read<VectorCleanupJob>().DocumentId;
        foreach (var (revision, count) in await store.StaleVectorsAsync(documentId, cancellationToken))
        {
            foreach (var ids in ChunkId.All(documentId, revision, count).Chunk(BatchSize)) await vectors.DeleteAsync(ids, cancellationToken);
            await store.ForgetVectorsAsync(documentId, revision, cancellationToken);
        }
    }
}
