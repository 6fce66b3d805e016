namespace Rag.Observability.ErrorTracking;

/// <summary>What was going on when an error came to light.</summary>
public sealed record ErrorContext(ErrorSource Source)
{
    /// <summary>Route template with its method, kind of job, or name of the health check: never a path with ids.</summary>
    public string Route { get; init; } = string.Empty;

    /// <summary>The one of the request around the current activity when null.</summary>
    public string? RequestId { get; init; }

    /// <summary>32 hexadecimal digits; the current activity's when null.</summary>
    public string? TraceId { get; init; }

    public string? User { get; init; }

    /// <summary>Replaces the computed grouping. <c>{{ default }}</c> stands for it, so that it can be refined as well.</summary>
    public IReadOnlyList<string>? Fingerprint { get; init; }
}
