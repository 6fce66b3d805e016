using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rag.Observability.Resilience.Breaker;

/// <summary>The breakers in <c>/health</c>: degraded while one is not closed, because the service answers, but not from everything.</summary>
internal sealed class BreakerHealthCheck(Breakers breakers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var all = breakers.Status;
        var text = all.Count == 0 ? "no calls yet" : string.Join("; ", all.Select(Describe));
        return Task.FromResult(all.All(b => b.State == BreakerState.Closed) ? HealthCheckResult.Healthy(text) : HealthCheckResult.Degraded(text));
    }

    private static string Describe(BreakerStatus status)
    {
        var state = status.State switch
        {
            BreakerState.Closed => "closed",
            BreakerState.HalfOpen => "half open",
            _ => string.Create(CultureInfo.InvariantCulture, $"open, next attempt in {status.RetryAfter.TotalSeconds:0.#} s"),
        };
        return $"{status.Dependency}: {state}";
    }
}
