namespace Rag.Observability.Audit;

/// <summary>A place in the journal: a file's name, and bytes into it.</summary>
internal readonly record struct AuditPosition(string File, long Offset);
