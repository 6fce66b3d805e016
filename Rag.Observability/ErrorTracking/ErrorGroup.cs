using Rag.Observability.Errors;

namespace Rag.Observability.ErrorTracking;

/// <summary>A group of errors as the monitor shows it.</summary>
/// <param name="Id">Stable for as long as the group is kept.</param>
/// <param name="Reason">Why its errors were taken to be the same.</param>
/// <param name="Count">Occurrences since it was first seen.</param>
public sealed record ErrorGroup(
    Guid Id,
    string Title,
    string Type,
    string? Code,
    string Category,
    string Severity,
    GroupState State,
    string Reason,
    string Fingerprint,
    IReadOnlyList<string> Services,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    string FirstVersion,
    string LastVersion,
    long Count);
