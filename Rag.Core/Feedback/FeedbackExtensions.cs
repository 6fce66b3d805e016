using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Core.Documents;
using Rag.Observability.Spooling;

namespace Rag.Core.Feedback;

public static class FeedbackExtensions
{
    private const string SpoolName = "feedback";

    /// <summary>Adds <see cref="FeedbackDesk"/>. Needs <c>AddRagStorage</c>.</summary>
    public static TBuilder AddFeedback<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        services.Configure<SpoolOptions>(builder.Configuration.GetSection(SpoolOptions.Section));
        services.Configure<DocumentOptions>(builder.Configuration.GetSection(DocumentOptions.Section));
        services.AddSingleton<FeedbackStore>();
        services.AddSingleton<FeedbackValidator>();
        services.AddSingleton(provider => new StoreAndForward<FeedbackEntry>(
            SpoolName,
            provider.GetRequiredService<FeedbackStore>().StoreAsync,
            FeedbackJson.Default.FeedbackEntry,
            provider.GetRequiredService<IOptions<SpoolOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<ILogger<StoreAndForward<FeedbackEntry>>>()));
        services.AddSingleton(provider => new FeedbackDesk(
            provider.GetRequiredService<FeedbackValidator>(), provider.GetRequiredService<StoreAndForward<FeedbackEntry>>(), provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService(provider => provider.GetRequiredService<FeedbackDesk>());
        return builder;
    }
}
