using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rag.Core.Chunking;
using Rag.Core.Embeddings.UseLite;

namespace Rag.Core.Embeddings;

/// <summary>Puts the embedding model and the chunker that measures by it into a service.</summary>
public static class EmbeddingsExtensions
{
    /// <summary>
    /// Adds <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> for strings, <see cref="UseLiteTokenizer"/>, <see cref="TextCoverage"/>, <see cref="Chunker"/>
    /// and the health check <c>embeddings</c>. The weights load in the background; calls that come earlier wait for them.
    /// </summary>
    public static IHostApplicationBuilder AddEmbeddings(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<EmbeddingOptions>().BindConfiguration(EmbeddingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ChunkerOptions>().BindConfiguration(ChunkerOptions.Section).ValidateDataAnnotations().ValidateOnStart();

        services.AddSingleton(provider => new UseLiteFolder(Options(provider).Value.ModelPath));
        services.AddSingleton(provider => new UseLiteTokenizer(provider.GetRequiredService<UseLiteFolder>()));
        services.AddSingleton<ITokenCounter>(provider => provider.GetRequiredService<UseLiteTokenizer>());
        services.AddSingleton(provider => new TextCoverage(provider.GetRequiredService<UseLiteTokenizer>(), Options(provider)));
        services.AddSingleton<Chunker>();
        services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(provider => new UseLiteEmbeddingGenerator(
            provider.GetRequiredService<UseLiteFolder>(), provider.GetRequiredService<UseLiteTokenizer>(), Options(provider).Value.Parallelism));

        services.AddHostedService<UseLiteWarmup>();
        services.AddHealthChecks().AddCheck<UseLiteHealthCheck>("embeddings");
        return builder;
    }

    private static IOptions<EmbeddingOptions> Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<EmbeddingOptions>>();
}
