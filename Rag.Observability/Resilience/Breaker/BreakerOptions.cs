namespace Rag.Observability.Resilience.Breaker;

/// <summary>When a breaker opens and for how long.</summary>
/// <param name="FailureRatio">Share of failures, 0 to 1, from which on it opens.</param>
/// <param name="MinimumThroughput">Calls in the sampling period below which it never opens.</param>
/// <param name="SamplingDuration">Length of the sliding window.</param>
/// <param name="BreakDuration">How long it stays open before it lets one probe through.</param>
internal sealed record BreakerOptions(double FailureRatio, int MinimumThroughput, TimeSpan SamplingDuration, TimeSpan BreakDuration);
