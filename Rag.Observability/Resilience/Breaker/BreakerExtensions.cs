using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Rag.Observability.Resilience.Breaker;

internal static class BreakerExtensions
{
    public static ResiliencePipelineBuilder AddBreaker(this ResiliencePipelineBuilder builder, CircuitBreaker breaker, Func<Exception, bool> isFailure) =>
        builder.AddStrategy(context => new BreakerStrategy(new BreakerGate(breaker, context.Telemetry), isFailure), new NamedStrategy("CircuitBreaker"));

    public static ResiliencePipelineBuilder<HttpResponseMessage> AddBreaker(
        this ResiliencePipelineBuilder<HttpResponseMessage> builder, CircuitBreaker breaker, HttpCircuitBreakerStrategyOptions options) =>
        builder.AddStrategy(context => new HttpBreakerStrategy(new BreakerGate(breaker, context.Telemetry), options.ShouldHandle), options);

    private sealed class NamedStrategy : ResilienceStrategyOptions
    {
        public NamedStrategy(string name) => Name = name;
    }
}
