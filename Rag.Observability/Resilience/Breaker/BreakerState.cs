namespace Rag.Observability.Resilience.Breaker;

/// <summary>The values are those of the metric.</summary>
public enum BreakerState
{
    Closed = 0,
    HalfOpen = 1,
    Open = 2,
}
