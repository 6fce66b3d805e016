using Polly;
using Polly.CircuitBreaker;

namespace Rag.Observability.Resilience.Breaker;

/// <summary>The breaker in an HTTP pipeline, where answers tell of failure too.</summary>
internal sealed class HttpBreakerStrategy(
    BreakerGate gate, Func<CircuitBreakerPredicateArguments<HttpResponseMessage>, ValueTask<bool>> isFailure) : ResilienceStrategy<HttpResponseMessage>
{
    protected override async ValueTask<Outcome<HttpResponseMessage>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<HttpResponseMessage>>> callback, ResilienceContext context, TState state)
    {
        if (gate.Enter(context, out var call) is { } refusal) return Outcome.FromException<HttpResponseMessage>(refusal);

        Outcome<HttpResponseMessage> outcome;
        try
        {
            outcome = await callback(context, state);
        }
        catch (Exception exception)
        {
            outcome = Outcome.FromException<HttpResponseMessage>(exception);
        }

        var failed = await IsFailureAsync(new CircuitBreakerPredicateArguments<HttpResponseMessage>(context, outcome));
        gate.Settle(context, call, failed, outcome.Exception);
        return outcome;
    }

    /// <summary>A predicate that throws must not leave the call unsettled, or a probe would stay the probe for good.</summary>
    private async ValueTask<bool> IsFailureAsync(CircuitBreakerPredicateArguments<HttpResponseMessage> args)
    {
        try
        {
            return await isFailure(args);
        }
        catch (Exception)
        {
            return args.Outcome.Exception is not null;
        }
    }
}
