using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rag.Core.Embeddings;
using Rag.Core.Embeddings.OpenAI;
using Rag.Core.Embeddings.UseLite;
using Rag.Observability.Resilience;

namespace Rag.Core.Vectors.Collections;

/// <summary>
/// The model before the configured one, from the section <c>Embeddings:Previous</c> (the settings that <c>Embeddings</c> had before). Without that section,
/// the model in this process counts as the previous one where it is at hand and not the configured one. Queries are embedded with it until the vectors
/// of the configured model are complete.
/// </summary>
internal static class PreviousModel
{
    public static EmbeddingModel? Create(IServiceProvider services) =>
        Settings(services) is not { } previous ? null : previous.IsOpenAI ? OpenAI(services, Options.Create(previous)) : UseLite(Options.Create(previous));

    /// <summary>The previous model's settings, or null where it is not at hand.</summary>
    public static EmbeddingOptions? Settings(IServiceProvider services)
    {
        var section = services.GetRequiredService<IConfiguration>().GetSection(EmbeddingOptions.Section);
        var current = services.GetRequiredService<IOptions<EmbeddingOptions>>().Value;
        var configured = section.GetSection("Previous");
        var previous = configured.Exists() ? configured.Get<EmbeddingOptions>()! : new EmbeddingOptions();
        previous.ModelPath ??= current.ModelPath;
        var isAtHand = configured.Exists() || (current.IsOpenAI && current.ModelPath is not null);
        return isAtHand ? previous : null;
    }

    private static EmbeddingModel OpenAI(IServiceProvider services, IOptions<EmbeddingOptions> options)
    {
        var server = services.GetRequiredKeyedService<Dependency>(OpenAIResilience.Previous);
        return EmbeddingModels.Describe(new OpenAIEmbeddingGenerator(options, server, services.GetRequiredService<TimeProvider>()), new TextCoverage(null, options));
    }

    private static EmbeddingModel UseLite(IOptions<EmbeddingOptions> options)
    {
        var folder = new UseLiteFolder(options.Value.ModelPath);
        var tokenizer = new UseLiteTokenizer(folder);
        return EmbeddingModels.Describe(
            new UseLiteEmbeddingGenerator(folder, tokenizer, options.Value.Parallelism), new TextCoverage(tokenizer, options));
    }
}
