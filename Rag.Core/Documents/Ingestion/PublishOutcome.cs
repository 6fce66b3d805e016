namespace Rag.Core.Documents.Ingestion;

internal enum PublishOutcome
{
    /// <summary>Readers see the new content.</summary>
    Published,

    /// <summary>A newer content was accepted, or the document was deleted: nothing changed for readers.</summary>
    Superseded,
}
