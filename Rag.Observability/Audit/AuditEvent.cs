namespace Rag.Observability.Audit;

/// <summary>One audit event, redacted. All texts are within bounds, and the details hold only plain values, lists and maps.</summary>
internal sealed record AuditEvent
{
    public required Guid Id { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public required AuditKind Kind { get; init; }

    /// <summary>Who: the id of a key, or what a caller claimed to be; null when nobody knows.</summary>
    public string? Actor { get; init; }

    /// <summary>To what.</summary>
    public string? Resource { get; init; }

    /// <summary>What was done, or tried.</summary>
    public required string Action { get; init; }

    public required string Outcome { get; init; }

    public string? Address { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>From 0 (harmless) to 1.</summary>
    public double? RiskScore { get; init; }

    public string? RequestId { get; init; }

    public string? TraceId { get; init; }

    public required string Service { get; init; }

    public object? Details { get; init; }
}
