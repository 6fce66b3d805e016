namespace Rag.Observability.Audit;

/// <summary>A line of the journal.</summary>
internal sealed record AuditLine(long Number, byte[] Hash, AuditContent? Event);
