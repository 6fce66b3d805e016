using Polly.CircuitBreaker;

namespace Rag.Observability.Resilience.Breaker;

/// <summary>Tells a call that a circuit breaker has refused from one that was made and failed.</summary>
public static class BreakerRefusal
{
    /// <returns>The refusal, wherever in the chain it is, or null.</returns>
    public static BrokenCircuitException? Find(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is BrokenCircuitException refusal) return refusal;
        }

        return null;
    }
}
