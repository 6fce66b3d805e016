using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Polly;
using Rag.Observability.Resilience;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// One pipeline for each client and host, so that one dependency's failures never open another's breaker.
/// They live as long as the process: the handlers of an HttpClient are replaced every two minutes and would forget.
/// </summary>
internal sealed class HttpPipelines(IOptionsMonitor<HttpStandardResilienceOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Client, string Authority), Lazy<ResiliencePipeline<HttpResponseMessage>>> _pipelines = new();

    public TimeProvider Time => time;

    public ResiliencePipeline<HttpResponseMessage> For(string client, string optionsName, HttpRequestMessage request) => _pipelines.GetOrAdd(
        (client, request.RequestUri?.GetLeftPart(UriPartial.Authority) ?? string.Empty),
        static (_, state) => new Lazy<ResiliencePipeline<HttpResponseMessage>>(() => state.Self.Build(state.OptionsName)),
        (Self: this, OptionsName: optionsName)).Value;

    private ResiliencePipeline<HttpResponseMessage> Build(string optionsName)
    {
        var o = options.Get(optionsName);
        return new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddConcurrencyLimiter(o.RateLimiter)
            .AddTimeout(o.TotalRequestTimeout)
            .AddRetry(o.Retry)
            .AddCircuitBreaker(o.CircuitBreaker)
            .AddTimeout(o.AttemptTimeout)
            .Build();
    }
}
