namespace Rag.Observability.ErrorTracking;

/// <summary>What one process captured in one interval. Stored as a whole and once, however often it is delivered.</summary>
internal sealed record ErrorBatch(Guid Id, string Service, string Version, string Environment, IReadOnlyList<ErrorDelta> Groups);
