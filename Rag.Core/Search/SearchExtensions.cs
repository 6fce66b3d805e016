using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Core.Search.Keyword;
using Rag.Core.Search.Passages;
using Rag.Core.Search.Semantic;
using Rag.Core.Vectors;
using Rag.Observability;
using Rag.Observability.ErrorTracking;

namespace Rag.Core.Search;

public static class SearchExtensions
{
    /// <summary>Adds <see cref="Searcher"/>. Needs storage, embeddings and vectors.</summary>
    public static TBuilder AddSearch<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddOptions<SearchOptions>().Bind(builder.Configuration.GetSection(SearchOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<ContentCapture>();
        builder.Services.AddSingleton<SearchTelemetry>();
        builder.Services.AddSingleton<CorpusStatistics>();
        builder.Services.AddSingleton<KeywordSearch>();
        builder.Services.AddSingleton<SemanticSearch>();
        builder.Services.AddSingleton<PassageReader>();
        builder.Services.AddSingleton(services => new Searcher(
            services.GetRequiredService<KeywordSearch>(),
            services.GetRequiredService<SemanticSearch>(),
            services.GetRequiredService<PassageReader>(),
            services.GetRequiredService<VectorIndex>(),
            services.GetRequiredService<SearchTelemetry>(),
            services.GetRequiredService<IOptions<SearchOptions>>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<Searcher>>(),
            services.GetService<ErrorTracker>()));
        return builder;
    }
}
