using System.Threading.RateLimiting;
using Polly;
using Polly.Telemetry;

namespace Rag.Observability.Resilience.Bulkhead;

/// <summary>The bulkhead: so many calls at once, so many waiting, and an immediate refusal for the rest.</summary>
internal sealed class ConcurrencyLimiterStrategy(ConcurrencyLimiter limiter, ResilienceStrategyTelemetry telemetry) : ResilienceStrategy
{
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        RateLimitLease lease;
        try
        {
            lease = await limiter.AcquireAsync(permitCount: 1, context.CancellationToken);
        }
        catch (OperationCanceledException exception)
        {
            return Outcome.FromException<TResult>(exception);
        }

        using (lease)
        {
            if (lease.IsAcquired) return await callback(context, state);
        }

        telemetry.Report(new ResilienceEvent(ResilienceEventSeverity.Error, "OnRateLimiterRejected"), context, limiter.GetStatistics());
        return Outcome.FromException<TResult>(new RateLimiterRejectedException());
    }
}
