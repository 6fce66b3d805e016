using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using Rag.Observability.Resilience.Breaker;
using Rag.Observability.Resilience.Bulkhead;
using Rag.Observability.Resilience.Telemetry;

namespace Rag.Observability.Resilience;

/// <summary>Builds the pipelines of <see cref="Dependency"/>.</summary>
internal sealed class DependencyPipelines(IOptionsMonitor<DependencyOptions> options, Breakers breakers, ResilienceTelemetry telemetry, TimeProvider time, Random random)
{
    public Dependency Build(string name)
    {
        var o = options.Get(name);

        // Repeated or not, a call meets the same bulkhead and the same breaker.
        var bulkhead = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = o.MaxConcurrency, QueueLimit = o.MaxQueue });
        var breaker = breakers.Add(
            name, string.Empty, new BreakerOptions(o.FailureRatio, o.MinimumThroughput, o.SamplingDuration, o.BreakDuration), time);
        return new Dependency(name, Build(name, o, bulkhead, breaker, isRepeated: false), Build(name, o, bulkhead, breaker, isRepeated: true));
    }

    private ResiliencePipeline Build(string name, DependencyOptions o, ConcurrencyLimiter bulkhead, CircuitBreaker breaker, bool isRepeated)
    {
        var builder = new ResiliencePipelineBuilder { Name = name, TimeProvider = time, TelemetryListener = telemetry };
        builder.AddConcurrencyLimiter(bulkhead);
        if (o.TotalTimeout != Timeout.InfiniteTimeSpan) builder.AddTimeout(new TimeoutStrategyOptions { Timeout = o.TotalTimeout });
        if (isRepeated && o.MaxRetryAttempts > 0) builder.AddRetry(Retry(o));
        // Before the breaker: what waits for its turn is no probe, and is refused when the breaker has opened meanwhile.
        if (o.BeforeAttempt is { } before) builder.AddStrategy(_ => new BeforeAttemptStrategy(before), new BeforeAttemptStrategy.Options());
        builder.AddBreaker(breaker, o.IsTransient);
        return builder.AddTimeout(new TimeoutStrategyOptions { Timeout = o.AttemptTimeout }).Build();
    }

    private RetryStrategyOptions Retry(DependencyOptions o)
    {
        var isRepeated = o.IsRepeated ?? o.IsTransient;
        return new RetryStrategyOptions
        {
            MaxRetryAttempts = o.MaxRetryAttempts,
            Delay = o.RetryDelay,
            MaxDelay = o.LongestRetryDelay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Randomizer = random.NextDouble,
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is { } e && isRepeated(e)),
            DelayGenerator = args => ValueTask.FromResult(args.Outcome.Exception is { } e ? o.RetryAfter(e) : null),
        };
    }
}
