using Polly;

namespace Rag.Observability.Resilience;

/// <summary>Too many calls to one dependency are under way. The call was not made.</summary>
public sealed class RateLimiterRejectedException() : ExecutionRejectedException("Too many calls to this dependency are under way.");
