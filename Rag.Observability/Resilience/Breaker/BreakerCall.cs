namespace Rag.Observability.Resilience.Breaker;

/// <summary>One call that a breaker let through. Its outcome counts only while the breaker is still in the period in which the call began.</summary>
/// <param name="Period">Number of state changes before the call.</param>
internal readonly record struct BreakerCall(long Period);
