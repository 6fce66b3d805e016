using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rag.Observability.Errors;

namespace Rag.Observability.ErrorTracking;

/// <summary>
/// Captures the moment at which a health check turns unhealthy: once for each outage, not for each look. What is unhealthy at the very first look may be starting still,
/// and has until the second.
/// </summary>
internal sealed class HealthTransitions(ErrorTracker tracker) : IHealthCheckPublisher
{
    private readonly ConcurrentDictionary<string, HealthStatus> _last = new(StringComparer.Ordinal);

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var (name, entry) in report.Entries)
        {
            if (entry.Status == HealthStatus.Unhealthy && _last.TryAdd(name, HealthStatus.Degraded)) continue;

            var before = _last.GetValueOrDefault(name, entry.Status);
            _last[name] = entry.Status;
            if (entry.Status == HealthStatus.Unhealthy && before != HealthStatus.Unhealthy) Capture(name, entry);
        }

        return Task.CompletedTask;
    }

    private void Capture(string name, HealthReportEntry entry) => tracker.Capture(
        new ServiceUnavailableException($"The health check '{name}' failed: {entry.Description}", innerException: entry.Exception),
        new ErrorContext(ErrorSource.Health) { Route = name });
}
