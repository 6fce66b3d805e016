using System.Net;
using Rag.Observability.Audit.Suspicion;

namespace Rag.Observability.Access;

/// <summary>How many attempts are worth an audit event each: a flood of wrong keys must not fill the disk, and a key in use is not news at every request.</summary>
internal sealed class AttemptLimits(TimeProvider time)
{
    private const int ReportsPerMinute = 60;
    private const int FailuresPerMinute = 600;

    private readonly SlidingCounter _failures = new(TimeSpan.FromMinutes(1), time);
    private readonly SlidingCounter _successes = new(TimeSpan.FromHours(1), time);

    /// <summary>Whether a key that is not known yet is looked up: who has failed this often is not worth a query.</summary>
    public bool MayLookUp(IPAddress? address) => _failures.Count(address?.ToString() ?? "unknown") <= FailuresPerMinute;

    public bool MayReportFailure(IPAddress? address) => _failures.Add(address?.ToString() ?? "unknown") <= ReportsPerMinute;

    public bool MayReportSuccess(string keyId, IPAddress? address) => _successes.Add($"{keyId} {address}") <= 1;
}
