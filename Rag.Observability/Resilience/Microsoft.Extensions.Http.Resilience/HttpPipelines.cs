using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Polly;
using Rag.Observability.Resilience.Breaker;
using Rag.Observability.Resilience.Bulkhead;
using Rag.Observability.Resilience.Telemetry;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// One pipeline for each client and host, so that one dependency's failures never open another's breaker.
/// They live as long as the process: the handlers of an HttpClient are replaced every two minutes and would forget.
/// </summary>
internal sealed class HttpPipelines(
    IOptionsMonitor<HttpStandardResilienceOptions> options, Breakers breakers, ResilienceTelemetry telemetry, TimeProvider time)
{
    private const int MostPipelines = 200;
    private const string Others = "others";

    private readonly ConcurrentDictionary<(string Client, string OptionsName, string Authority), Lazy<ResiliencePipeline<HttpResponseMessage>>> _pipelines = new();

    public TimeProvider Time => time;

    public ResiliencePipeline<HttpResponseMessage> For(string client, string optionsName, HttpRequestMessage request)
    {
        var key = (client, optionsName, request.RequestUri is { IsAbsoluteUri: true } uri ? uri.Authority : string.Empty);
        if (_pipelines.TryGetValue(key, out var known)) return known.Value;

        // A client that is sent to any address there is must not fill the memory with breakers: the latecomers share one.
        if (_pipelines.Count >= MostPipelines) key = (client, optionsName, Others);
        return _pipelines.GetOrAdd(
            key, static (k, self) => new Lazy<ResiliencePipeline<HttpResponseMessage>>(() => self.Build(k.Client, k.OptionsName, k.Authority)), this).Value;
    }

    private ResiliencePipeline<HttpResponseMessage> Build(string client, string optionsName, string authority)
    {
        var o = options.Get(optionsName);
        var name = client.Length > 0 ? client : authority;
        var breaker = breakers.Add(
            name, authority, new BreakerOptions(o.CircuitBreaker.FailureRatio, o.CircuitBreaker.MinimumThroughput, o.CircuitBreaker.SamplingDuration, o.CircuitBreaker.BreakDuration), time);

        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { Name = name, InstanceName = authority, TimeProvider = time, TelemetryListener = telemetry }
            .AddConcurrencyLimiter(new ConcurrencyLimiter(o.RateLimiter.DefaultRateLimiterOptions))
            .AddTimeout(o.TotalRequestTimeout);

        // No retries is a setting too: the call is made, once.
        if (o.Retry.MaxRetryAttempts > 0) builder.AddRetry(o.Retry);

        return builder
            .AddBreaker(breaker, o.CircuitBreaker)
            .AddTimeout(o.AttemptTimeout)
            .Build();
    }
}
