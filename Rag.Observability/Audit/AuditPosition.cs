namespace Rag.Observability.Audit;

/// <summary>A place in the journal: a file's name, bytes into it, and the number and hash of the last line before it.</summary>
internal readonly record struct AuditPosition(string File, long Offset, long Line = 0, string? Hash = null);
