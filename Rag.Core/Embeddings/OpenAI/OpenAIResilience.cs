using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Rag.Core.Embeddings.OpenAI;

/// <summary>
/// How a request to the embedding server is kept alive: tried again with growing, jittered pauses or after the server's own <c>Retry-After</c>; a breaker around
/// each attempt, so that a server that is down is left alone for a while; a time limit within that.
/// </summary>
internal sealed class OpenAIResilience
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BreakerWindow = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BreakerRest = TimeSpan.FromSeconds(15);

    public OpenAIResilience(IOptions<EmbeddingOptions> options, TimeProvider time, Random random)
    {
        var settings = options.Value;
        var retry = new ResiliencePipelineBuilder { TimeProvider = time, Name = "embeddings-retry" };
        if (settings.MaxRetries > 0) retry.AddRetry(RetryOptions(settings, time, random));
        Retry = retry.Build();
        Attempt = new ResiliencePipelineBuilder { TimeProvider = time, Name = "embeddings-attempt" }
            .AddCircuitBreaker(BreakerOptions())
            .AddTimeout(settings.Timeout)
            .Build();
    }

    /// <summary>Around everything: tries again.</summary>
    public ResiliencePipeline Retry { get; }

    /// <summary>Around one request: breaker and time limit.</summary>
    public ResiliencePipeline Attempt { get; }

    public CircuitBreakerStateProvider Breaker { get; } = new();

    private static RetryStrategyOptions RetryOptions(EmbeddingOptions settings, TimeProvider time, Random random) => new()
    {
        MaxRetryAttempts = settings.MaxRetries,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = FirstPause,
        MaxDelay = LongestPause,
        Randomizer = random.NextDouble,
        ShouldHandle = args => ValueTask.FromResult(
            args.Outcome.Exception is { } failure && OpenAIErrors.IsTransient(failure) && !(OpenAIErrors.RetryAfter(failure, time) > settings.MaxRetryAfter)),
        DelayGenerator = args => ValueTask.FromResult(OpenAIErrors.RetryAfter(args.Outcome.Exception!, time)),
    };

    private CircuitBreakerStrategyOptions BreakerOptions() => new()
    {
        // A server that says "too many requests" is alive: only what it cannot answer at all counts here.
        ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is { } failure && OpenAIErrors.IsOutage(failure)),
        FailureRatio = 0.5,
        MinimumThroughput = 8,
        SamplingDuration = BreakerWindow,
        BreakDuration = BreakerRest,
        StateProvider = Breaker,
    };
}
