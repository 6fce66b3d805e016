using System.Globalization;
using Rag.Core.Jobs;

namespace Rag.Core.Documents.Ingestion;

/// <summary>Makes one revision of a document searchable.</summary>
internal sealed record IngestJob(string DocumentId, long Revision)
{
    public const string Kind = "ingest";

    /// <summary>A revision is one content of one document, so no content is ingested by two jobs at once.</summary>
    public static NewJob For(string documentId, long revision, JobPriority priority = JobPriority.Normal) =>
        NewJob.Of(Kind, new IngestJob(documentId, revision), string.Create(CultureInfo.InvariantCulture, $"{documentId}/{revision}"), priority);
}
