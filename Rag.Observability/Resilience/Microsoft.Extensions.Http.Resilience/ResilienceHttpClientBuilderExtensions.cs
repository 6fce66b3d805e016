using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Http.Resilience;
using Rag.Observability.Resilience;

#pragma warning disable IDE0130 // The namespace is the official package's.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Resilient HTTP clients under the names of Microsoft.Extensions.Http.Resilience, for feeds that lack the package.
/// Where the feed has it: delete this folder and add the package reference.
/// </summary>
public static class ResilienceHttpClientBuilderExtensions
{
    /// <summary>Rate limiter → total timeout → retry with exponential backoff and jitter → circuit breaker → attempt timeout.</summary>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder)
    {
        var optionsName = $"{builder.Name}-standard";
        builder.Services.AddResilience();
        builder.Services.TryAddSingleton<HttpPipelines>();
        builder.Services.AddOptions<HttpStandardResilienceOptions>(optionsName)
            .Validate(
                static o => o.AttemptTimeout.Timeout <= o.TotalRequestTimeout.Timeout,
                "AttemptTimeout is longer than TotalRequestTimeout: no attempt could use it. Shorten it or lengthen the total.")
            .Validate(
                static o => o.CircuitBreaker.SamplingDuration >= o.AttemptTimeout.Timeout * 2,
                "CircuitBreaker.SamplingDuration is shorter than two attempts: the breaker would forget before it can judge. Lengthen it.");

        // Through the factory's options, because ConfigureHttpClientDefaults does not know which client it configures, and the handler's builder does.
        builder.Services.Configure<HttpClientFactoryOptions>(builder.Name, options => options.HttpMessageHandlerBuilderActions.Add(handlers =>
        {
            var pipelines = handlers.Services.GetRequiredService<HttpPipelines>();
            var client = handlers.Name ?? string.Empty;
            handlers.AdditionalHandlers.Add(new ResilienceHandler(request => pipelines.For(client, optionsName, request), pipelines.Time));
        }));

        return new HttpStandardResiliencePipelineBuilder(optionsName, builder.Services);
    }

    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(
        this IHttpClientBuilder builder, Action<HttpStandardResilienceOptions> configure) =>
        builder.AddStandardResilienceHandler().Configure(configure);

    /// <summary>Takes away what ConfigureHttpClientDefaults has added, so that a client can have a pipeline of its own.</summary>
    public static IHttpClientBuilder RemoveAllResilienceHandlers(this IHttpClientBuilder builder) =>
        builder.ConfigureAdditionalHttpMessageHandlers(static (handlers, _) =>
        {
            for (var i = handlers.Count - 1; i >= 0; i--)
            {
                if (handlers[i] is ResilienceHandler) handlers.RemoveAt(i);
            }
        });
}
