using Polly;
using Polly.Retry;
using Rag.Observability.Resilience;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// Three retries with exponential backoff from 2 s and jitter; a <c>Retry-After</c> of the answer goes first.
/// Unlike the official default, what is not idempotent is not repeated: see <see cref="IdempotentRequests"/>.
/// </summary>
public sealed class HttpRetryStrategyOptions : RetryStrategyOptions<HttpResponseMessage>
{
    private bool _shouldRetryAfterHeader;

    public HttpRetryStrategyOptions()
    {
        Name = "Standard-Retry";
        MaxRetryAttempts = 3;
        Delay = TimeSpan.FromSeconds(2);
        BackoffType = DelayBackoffType.Exponential;
        UseJitter = true;
        ShouldRetryAfterHeader = true;
        ShouldHandle = static args => ValueTask.FromResult(
            HttpClientResiliencePredicates.IsTransient(args.Outcome) && args.Context.GetRequestMessage()?.CanBeRepeated() != false);
    }

    /// <summary>Whether the answer's <c>Retry-After</c> decides the delay. The total timeout still bounds it.</summary>
    public bool ShouldRetryAfterHeader
    {
        get => _shouldRetryAfterHeader;
        set
        {
            _shouldRetryAfterHeader = value;
            DelayGenerator = value ? static args => ValueTask.FromResult(RetryAfter(args.Outcome.Result, args.Context)) : null;
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage? response, ResilienceContext context)
    {
        if (response?.Headers.RetryAfter is not { } header) return null;
        if (header.Delta is { } delta) return delta;
        if (header.Date is not { } date) return null;

        var wait = date - context.Properties.GetValue(HttpResilienceContextExtensions.Time, TimeProvider.System).GetUtcNow();
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
