using System.Threading.RateLimiting;
using Polly;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>The bulkhead: how many calls may be under way at once.</summary>
public sealed class HttpRateLimiterStrategyOptions : ResilienceStrategyOptions
{
    public HttpRateLimiterStrategyOptions() => Name = "Standard-RateLimiter";

    public ConcurrencyLimiterOptions DefaultRateLimiterOptions { get; set; } = new() { PermitLimit = 1000, QueueLimit = 0 };
}
