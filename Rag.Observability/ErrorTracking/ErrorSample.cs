namespace Rag.Observability.ErrorTracking;

/// <summary>One occurrence, redacted.</summary>
public sealed record ErrorSample(
    string Id,
    DateTimeOffset OccurredAt,
    string Message,
    string Stack,
    string Source,
    string Route,
    string? RequestId,
    string? TraceId,
    string? User,
    string Service,
    string Version,
    string Environment);
