namespace Rag.Observability.ErrorTracking;

/// <summary>One occurrence that is kept whole, already redacted.</summary>
internal sealed record ErrorEvent(
    string Id, DateTimeOffset At, string Message, string Stack, string Route, string? RequestId, string? TraceId, string? User, ErrorSource Source);
