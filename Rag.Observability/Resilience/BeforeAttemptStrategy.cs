using Polly;

namespace Rag.Observability.Resilience;

/// <summary>What comes before each attempt of a <see cref="Dependency"/>.</summary>
internal sealed class BeforeAttemptStrategy(Func<CancellationToken, ValueTask> before) : ResilienceStrategy
{
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        try
        {
            await before(context.CancellationToken);
        }
        catch (OperationCanceledException exception)
        {
            return Outcome.FromException<TResult>(exception);
        }

        return await callback(context, state);
    }

    public sealed class Options : ResilienceStrategyOptions
    {
        public Options() => Name = "BeforeAttempt";
    }
}
