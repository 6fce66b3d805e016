using System.Threading.RateLimiting;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Rag.Observability.Resilience;

internal static class ConcurrencyLimiterExtensions
{
    public static TBuilder AddConcurrencyLimiter<TBuilder>(this TBuilder builder, HttpRateLimiterStrategyOptions options)
        where TBuilder : ResiliencePipelineBuilderBase =>
        builder.AddStrategy(context => new ConcurrencyLimiterStrategy(new ConcurrencyLimiter(options.DefaultRateLimiterOptions), context.Telemetry), options);
}
