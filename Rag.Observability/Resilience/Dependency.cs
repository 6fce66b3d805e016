using Polly;

namespace Rag.Observability.Resilience;

/// <summary>
/// Calls to one dependency that is not reached over HTTP, with its timeouts, retries, breaker and bulkhead. Keyed in the container by its name:
/// <c>[FromKeyedServices("postgres")] Dependency postgres</c>.
/// </summary>
/// <remarks>
/// Refusals come as <see cref="Polly.CircuitBreaker.BrokenCircuitException"/> (with the remaining time), <see cref="RateLimiterRejectedException"/>
/// and <see cref="Polly.Timeout.TimeoutRejectedException"/>; what the call itself throws comes as it is.
/// </remarks>
public sealed class Dependency
{
    private readonly ResiliencePipeline _once;
    private readonly ResiliencePipeline _repeated;

    internal Dependency(string name, ResiliencePipeline once, ResiliencePipeline repeated)
    {
        Name = name;
        _once = once;
        _repeated = repeated;
    }

    public string Name { get; }

    /// <summary>Makes the call at most once: for work whose repetition would be noticed.</summary>
    public ValueTask<T> CallAsync<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken = default) =>
        _once.ExecuteAsync(static (work, token) => work(token), call, cancellationToken);

    /// <summary>Makes the call again where it failed for a passing reason: for reads, and for writes whose repetition changes nothing.</summary>
    public ValueTask<T> CallIdempotentAsync<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken = default) =>
        _repeated.ExecuteAsync(static (work, token) => work(token), call, cancellationToken);
}
