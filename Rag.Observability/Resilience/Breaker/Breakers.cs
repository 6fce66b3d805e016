using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Rag.Observability.Resilience.Breaker;

/// <summary>Every circuit breaker of the process: for the metric <c>rag.resilience.breaker.state</c> and for <c>/health</c>.</summary>
public sealed class Breakers
{
    private readonly ConcurrentQueue<CircuitBreaker> _breakers = new();

    public Breakers(IMeterFactory meters) => meters.Create(TelemetryNames.Source).CreateObservableGauge(
        TelemetryNames.Metrics.BreakerState, Measure, description: "State of each circuit breaker: 0 closed, 1 half open, 2 open.");

    /// <summary>The state of every breaker, in the order in which they came into use.</summary>
    public IReadOnlyList<BreakerStatus> Status => [.. _breakers.Select(breaker => breaker.Status())];

    internal CircuitBreaker Add(string dependency, string address, BreakerOptions options, TimeProvider time)
    {
        var breaker = new CircuitBreaker(dependency, address, options, time);
        _breakers.Enqueue(breaker);
        return breaker;
    }

    private IEnumerable<Measurement<int>> Measure() => Status.Select(status => new Measurement<int>(
        (int)status.State,
        new KeyValuePair<string, object?>(TelemetryNames.Tags.Dependency, status.Dependency),
        new KeyValuePair<string, object?>(TelemetryNames.Tags.ServerAddress, status.Address)));
}
