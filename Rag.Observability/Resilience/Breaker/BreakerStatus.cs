namespace Rag.Observability.Resilience.Breaker;

/// <summary>What a breaker is doing at one moment.</summary>
/// <param name="Dependency">What it guards, for example <c>qdrant</c>.</param>
/// <param name="Address">Where that is, or an empty text for what has no address.</param>
/// <param name="State">Its state.</param>
/// <param name="RetryAfter">While open: time until it lets a probe through.</param>
/// <param name="Calls">Calls in the sampling period.</param>
/// <param name="Failures">How many of them failed.</param>
public sealed record BreakerStatus(string Dependency, string Address, BreakerState State, TimeSpan RetryAfter, int Calls, int Failures);
