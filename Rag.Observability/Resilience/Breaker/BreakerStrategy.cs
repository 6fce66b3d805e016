using Polly;

namespace Rag.Observability.Resilience.Breaker;

/// <summary>The breaker in a pipeline for calls of any result, where only exceptions tell of failure.</summary>
internal sealed class BreakerStrategy(BreakerGate gate, Func<Exception, bool> isFailure) : ResilienceStrategy
{
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        if (gate.Enter(context, out var call) is { } refusal) return Outcome.FromException<TResult>(refusal);

        Outcome<TResult> outcome;
        try
        {
            outcome = await callback(context, state);
        }
        catch (Exception exception)
        {
            outcome = Outcome.FromException<TResult>(exception);
        }

        gate.Settle(context, call, outcome.Exception is { } failure && isFailure(failure), outcome.Exception);
        return outcome;
    }
}
