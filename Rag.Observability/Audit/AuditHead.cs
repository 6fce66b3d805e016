namespace Rag.Observability.Audit;

/// <summary>The end of the table's chain, and its beginning.</summary>
internal sealed record AuditHead(long Sequence, byte[] Hash, AuditAnchor Anchor);
