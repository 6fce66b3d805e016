using Rag.Observability.Errors;

namespace Rag.Observability.ErrorTracking;

/// <summary>What one interval adds to one group.</summary>
internal sealed record ErrorDelta
{
    public required string Fingerprint { get; init; }

    public required string Reason { get; init; }

    public required string Title { get; init; }

    public required string Type { get; init; }

    public string? Code { get; init; }

    public required ErrorCategory Category { get; init; }

    public required ErrorSeverity Severity { get; init; }

    public required DateTimeOffset FirstAt { get; set; }

    public required DateTimeOffset LastAt { get; set; }

    /// <summary>Occurrences by the hour that they fall into.</summary>
    public Dictionary<DateTimeOffset, long> Hours { get; init; } = [];

    /// <summary>First halves of the ids that were given out: see <see cref="ErrorId"/>.</summary>
    public HashSet<ulong> Keys { get; init; } = [];

    /// <summary>Requests that failed this way, so that a request's id finds the group also where its event was only counted.</summary>
    public HashSet<string> Requests { get; init; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> Users { get; init; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> Routes { get; init; } = new(StringComparer.Ordinal);

    public List<ErrorEvent> Samples { get; init; } = [];

    public long Count => Hours.Values.Sum();
}
