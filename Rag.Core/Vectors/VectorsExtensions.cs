using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rag.Core.Embeddings;
using Rag.Core.Embeddings.OpenAI;
using Rag.Core.Vectors.Collections;
using Rag.Core.Vectors.Filling;

namespace Rag.Core.Vectors;

public static class VectorsExtensions
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Adds the vector store: client, index, health check <c>qdrant</c>. Needs <c>ConnectionStrings:qdrant_http</c> (or <c>qdrant</c>) and embeddings.</summary>
    public static TBuilder AddVectors<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddOptions<VectorOptions>().Bind(builder.Configuration.GetSection(VectorOptions.Section));
        builder.Services.AddMetrics();
        builder.Services.TryAddSingleton(services => QdrantConnection.From(services.GetRequiredService<IConfiguration>()));
        AddClient(builder.Services);
        builder.Services.AddOpenAIServer(OpenAIResilience.Previous, services => PreviousModel.Settings(services) ?? new EmbeddingOptions());

        builder.Services.TryAddSingleton<VectorTelemetry>();
        builder.Services.TryAddSingleton<QdrantClient>();
        builder.Services.TryAddSingleton(services => new EmbeddingModels(
            EmbeddingModels.Describe(services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>(), services.GetRequiredService<TextCoverage>()),
            PreviousModel.Create(services)));
        builder.Services.TryAddSingleton<CollectionStore>();
        builder.Services.TryAddSingleton<CollectionDirectory>();
        builder.Services.TryAddSingleton<VectorIndex>();
        builder.Services.AddHealthChecks().AddCheck<QdrantHealthCheck>("qdrant", timeout: HealthTimeout);
        return builder;
    }

    /// <summary>Adds what keeps the vectors complete and carries out a change of embedding model. For one service, the worker; more than one do no harm.</summary>
    public static TBuilder AddVectorFilling<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.TryAddSingleton<VectorFiller>();
        builder.Services.TryAddSingleton<ModelSwitch>();
        builder.Services.AddHostedService<VectorFillingService>();
        return builder;
    }

    // Searches have little time: the house's pauses between attempts, made for slower things, would use it up.
    private static void AddClient(IServiceCollection services)
    {
        var http = services.AddHttpClient(QdrantClient.HttpClientName, (services, client) =>
        {
            var connection = services.GetRequiredService<QdrantConnection>();
            client.BaseAddress = new Uri(connection.Endpoint.AbsoluteUri.TrimEnd('/') + "/");
            client.Timeout = services.GetRequiredService<IOptions<VectorOptions>>().Value.Timeout;
            if (connection.Key is { } key) client.DefaultRequestHeaders.Add("api-key", key);
        });
        http.RemoveAllResilienceHandlers().AddStandardResilienceHandler(resilience =>
        {
            resilience.Retry.Delay = FirstPause;
            resilience.AttemptTimeout.Timeout = AttemptTimeout;
            resilience.CircuitBreaker.SamplingDuration = AttemptTimeout * 2;
            resilience.CircuitBreaker.MinimumThroughput = 10;
            resilience.CircuitBreaker.FailureRatio = 0.5;
            resilience.CircuitBreaker.BreakDuration = BreakDuration;
        });
    }
}
