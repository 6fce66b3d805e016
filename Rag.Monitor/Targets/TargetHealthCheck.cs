using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rag.Monitor.Targets;

/// <summary>Shows a target's last known health among the monitor's own checks.</summary>
internal sealed class TargetHealthCheck(HealthScraper scraper, string target) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = scraper[target];
        return Task.FromResult(new HealthCheckResult(health.Status, health.Description));
    }
}
