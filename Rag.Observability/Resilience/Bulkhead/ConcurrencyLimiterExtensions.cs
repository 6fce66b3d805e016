using System.Threading.RateLimiting;
using Polly;

namespace Rag.Observability.Resilience.Bulkhead;

internal static class ConcurrencyLimiterExtensions
{
    public static TBuilder AddConcurrencyLimiter<TBuilder>(this TBuilder builder, ConcurrencyLimiter limiter)
        where TBuilder : ResiliencePipelineBuilderBase =>
        builder.AddStrategy(context => new ConcurrencyLimiterStrategy(limiter, context.Telemetry), new NamedStrategy());

    private sealed class NamedStrategy : ResilienceStrategyOptions
    {
        public NamedStrategy() => Name = "RateLimiter";
    }
}
