using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Rag.Core.Chunking;
using Rag.Core.Embeddings.Cache;
using Rag.Core.Embeddings.OpenAI;
using Rag.Core.Embeddings.UseLite;
using Rag.Observability.Resilience;

namespace Rag.Core.Embeddings;

/// <summary>Puts the embedding model and the chunker that measures by it into a service.</summary>
public static class EmbeddingsExtensions
{
    // Under no tag: without embeddings, search still answers by keywords, so the service counts as ready.
    private const string HealthCheck = "embeddings";

    /// <summary>
    /// Adds <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> for strings (cache, then telemetry, then the provider that <c>Embeddings:Provider</c> names),
    /// <see cref="UseLiteTokenizer"/>, <see cref="ITokenCounter"/>, <see cref="TextCoverage"/>, <see cref="Chunker"/> and the health check <c>embeddings</c>.
    /// The weights load in the background; calls that come earlier wait for them. PostgreSQL serves as a cache where the service has it.
    /// </summary>
    public static IHostApplicationBuilder AddEmbeddings(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<EmbeddingOptions>().BindConfiguration(EmbeddingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<EmbeddingCacheOptions>().BindConfiguration(EmbeddingCacheOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ChunkerOptions>().BindConfiguration(ChunkerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddMetrics();

        services.AddSingleton(provider => new UseLiteFolder(Settings(provider).Value.ModelPath));
        services.AddSingleton(provider => new UseLiteTokenizer(provider.GetRequiredService<UseLiteFolder>()));
        services.AddSingleton<Chunker>();
        services.AddSingleton<EmbeddingTelemetry>();
        services.AddSingleton<EmbeddingCacheTelemetry>();
        services.AddSingleton(provider => new DatabaseEmbeddingCache(
            provider.GetService<NpgsqlDataSource>(),
            provider.GetRequiredService<IOptions<EmbeddingCacheOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DatabaseEmbeddingCache>>()));
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseEmbeddingCache>());

        if (builder.Configuration.GetSection(EmbeddingOptions.Section).Get<EmbeddingOptions>() is { IsOpenAI: true }) AddOpenAI(services);
        else AddUseLite(services);
        return builder;
    }

    private static void AddUseLite(IServiceCollection services)
    {
        services.AddSingleton<ITokenCounter>(provider => provider.GetRequiredService<UseLiteTokenizer>());
        services.AddSingleton(provider => new TextCoverage(provider.GetRequiredService<UseLiteTokenizer>(), Settings(provider)));
        services.AddHostedService<UseLiteWarmup>();
        services.AddHealthChecks().AddCheck<UseLiteHealthCheck>(HealthCheck);
        services.AddSingleton(provider => Compose(provider, new UseLiteEmbeddingGenerator(
            provider.GetRequiredService<UseLiteFolder>(), provider.GetRequiredService<UseLiteTokenizer>(), Settings(provider).Value.Parallelism)));
    }

    private static void AddOpenAI(IServiceCollection services)
    {
        services.AddSingleton<ITokenCounter, ApproximateTokenCounter>();
        services.AddSingleton(provider => new TextCoverage(null, Settings(provider)));
        services.AddOpenAIServer(OpenAIResilience.Current, provider => Settings(provider).Value);
        services.AddHealthChecks().AddCheck<OpenAIHealthCheck>(HealthCheck);
        services.AddSingleton(provider => Compose(provider, new OpenAIEmbeddingGenerator(
            Settings(provider), provider.GetRequiredKeyedService<Dependency>(OpenAIResilience.Current), provider.GetRequiredService<TimeProvider>())));
    }

    // The cache is outermost: a span stands for work that a model did.
    private static IEmbeddingGenerator<string, Embedding<float>> Compose(IServiceProvider provider, IEmbeddingGenerator<string, Embedding<float>> model) =>
        new CachedEmbeddingGenerator(
            new TelemetryEmbeddingGenerator(model, provider.GetRequiredService<EmbeddingTelemetry>(), provider.GetRequiredService<TimeProvider>()),
            new MemoryEmbeddingCache(provider.GetRequiredService<IOptions<EmbeddingCacheOptions>>().Value.MemoryBytes),
            provider.GetRequiredService<DatabaseEmbeddingCache>(),
            provider.GetRequiredService<EmbeddingCacheTelemetry>());

    private static IOptions<EmbeddingOptions> Settings(IServiceProvider provider) => provider.GetRequiredService<IOptions<EmbeddingOptions>>();
}
