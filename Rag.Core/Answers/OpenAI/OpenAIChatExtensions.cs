using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using OpenAI;
using OpenAI.Chat;

namespace Rag.Core.Answers.OpenAI;

internal static class OpenAIChatExtensions
{
    private const string HttpClientName = "chat";

    // Servers on the own machine want no key, but the client refuses to be without one.
    private const string NoKey = "none";

    /// <summary>Adds the client with a pipeline of its own: an answer takes longer than the calls that the house's defaults are made for.</summary>
    public static IServiceCollection AddOpenAIChat(this IServiceCollection services)
    {
        var http = services.AddHttpClient(HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .RemoveAllResilienceHandlers()
            .AddHttpMessageHandler(() => new RepeatableCalls());
        var pipeline = http.AddStandardResilienceHandler();
        services.AddOptions<HttpStandardResilienceOptions>(pipeline.PipelineName).Configure<IOptions<ChatSettings>>((resilience, settings) =>
        {
            resilience.TotalRequestTimeout.Timeout = settings.Value.Timeout;
            resilience.AttemptTimeout.Timeout = settings.Value.PieceTimeout;
            resilience.CircuitBreaker.SamplingDuration = settings.Value.PieceTimeout * 2;
            resilience.CircuitBreaker.MinimumThroughput = 5;
            resilience.CircuitBreaker.FailureRatio = 0.5;
            resilience.Retry.Delay = TimeSpan.FromMilliseconds(500);
            resilience.Retry.MaxRetryAttempts = Math.Max(1, settings.Value.Retries);
            if (settings.Value.Retries == 0) resilience.Retry.ShouldHandle = _ => ValueTask.FromResult(false);
        });
        services.AddSingleton(provider =>
        {
            var settings = provider.GetRequiredService<IOptions<ChatSettings>>();
            var client = new ChatClient(
                settings.Value.Model,
                new ApiKeyCredential(string.IsNullOrEmpty(settings.Value.Key) ? NoKey : settings.Value.Key),
                new OpenAIClientOptions
                {
                    Endpoint = settings.Value.Endpoint,
                    NetworkTimeout = settings.Value.Timeout,
                    RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
                    Transport = new HttpClientPipelineTransport(provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName)),
                });
            return new OpenAIChatClient(client, settings, provider.GetRequiredService<TimeProvider>());
        });
        return services;
    }
}
