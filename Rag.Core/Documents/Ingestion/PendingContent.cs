namespace Rag.Core.Documents.Ingestion;

/// <summary>The content that a job makes searchable.</summary>
/// <param name="Metadata">JSON object.</param>
internal sealed record PendingContent(
    string DocumentId, long Revision, string Title, string Text, string? Source, string SourceType, DateTimeOffset? PublishedAt, string Metadata);
