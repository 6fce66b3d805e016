namespace Rag.Observability.Resilience;

/// <summary>The pipeline of one dependency that is not called over HTTP. Order as for HTTP: bulkhead, total timeout, retry, breaker, attempt timeout.</summary>
public sealed class DependencyOptions
{
    /// <summary>Calls that may be under way at once.</summary>
    public int MaxConcurrency { get; set; } = 100;

    /// <summary>Calls that may wait for one of those to end.</summary>
    public int MaxQueue { get; set; } = 100;

    /// <summary>For a call with all its attempts and waits.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For one attempt.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Repetitions of an idempotent call after its first failure; 0 means that every call is made exactly once.</summary>
    public int MaxRetryAttempts { get; set; } = 3;

    /// <summary>Before the first repetition; doubles each time, with jitter.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Share of failures, 0 to 1, from which on the breaker opens.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Calls in the sampling period below which the breaker never opens.</summary>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>Length of the breaker's sliding window.</summary>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the breaker stays open before it lets one probe through.</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Which failures are the dependency's.</summary>
    public Func<Exception, bool> IsTransient { get; set; } = TransientFailures.IsTransient;
}
