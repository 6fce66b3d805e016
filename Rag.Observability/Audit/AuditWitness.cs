namespace Rag.Observability.Audit;

/// <summary>The end of the database's chain, as this process saw it last.</summary>
internal sealed record AuditWitness(long Sequence, string Hash);
