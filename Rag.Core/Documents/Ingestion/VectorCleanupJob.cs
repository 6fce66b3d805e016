using Rag.Core.Jobs;

namespace Rag.Core.Documents.Ingestion;

/// <summary>Takes out of the store what vectors a document no longer needs. Not unique: a running one may have looked before the newest were left behind.</summary>
internal sealed record VectorCleanupJob(string DocumentId)
{
    public const string Kind = "vector_cleanup";

    public static NewJob For(string documentId) => NewJob.Of(Kind, new VectorCleanupJob(documentId));
}
