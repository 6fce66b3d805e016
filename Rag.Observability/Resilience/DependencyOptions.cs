namespace Rag.Observability.Resilience;

/// <summary>The pipeline of one dependency that is not called over HTTP. Order as for HTTP: bulkhead, total timeout, retry, breaker, attempt timeout.</summary>
public sealed class DependencyOptions
{
    /// <summary>Calls that may be under way at once.</summary>
    public int MaxConcurrency { get; set; } = 100;

    /// <summary>Calls that may wait for one of those to end.</summary>
    public int MaxQueue { get; set; } = 100;

    /// <summary>For a call with all its attempts and waits; infinite for none.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For one attempt.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Repetitions of an idempotent call after its first failure; 0 means that every call is made exactly once.</summary>
    public int MaxRetryAttempts { get; set; } = 3;

    /// <summary>Before the first repetition; doubles each time, with jitter.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Where the doubling ends; null for nowhere.</summary>
    public TimeSpan? LongestRetryDelay { get; set; }

    /// <summary>The wait that a failure itself asks for, which goes before the computed one.</summary>
    public Func<Exception, TimeSpan?> RetryAfter { get; set; } = static failure => (failure as Errors.RagException)?.RetryAfter;

    /// <summary>Which failures an idempotent call is repeated after; those that the breaker counts when null.</summary>
    public Func<Exception, bool>? IsRepeated { get; set; }

    /// <summary>Comes before each attempt and outside of its timeout: keeping to a rate, for example.</summary>
    public Func<CancellationToken, ValueTask>? BeforeAttempt { get; set; }

    /// <summary>Share of failures, 0 to 1, from which on the breaker opens.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Calls in the sampling period below which the breaker never opens.</summary>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>Length of the breaker's sliding window.</summary>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the breaker stays open before it lets one probe through.</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Which failures are the dependency's: the breaker counts them.</summary>
    public Func<Exception, bool> IsTransient { get; set; } = TransientFailures.IsTransient;
}
