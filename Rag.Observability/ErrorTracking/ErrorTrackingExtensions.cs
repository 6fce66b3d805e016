using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Observability.ErrorTracking.Forwarding;
using Rag.Observability.ErrorTracking.Grouping;
using Rag.Observability.ErrorTracking.Storage;
using Rag.Observability.ErrorTracking.Upkeep;
using Rag.Observability.Redaction;
using Rag.Observability.Spooling;
using Rag.Observability.Storage;

namespace Rag.Observability.ErrorTracking;

public static partial class ErrorTrackingExtensions
{
    private const string ConnectionName = "rag";
    private const string SpoolName = "errors";

    /// <summary>
    /// Captures errors and stores them in schema <c>observability</c> of <c>ConnectionStrings:rag</c>; without that setting they are only logged and counted.
    /// Part of <c>AddServiceDefaults</c>.
    /// </summary>
    public static TBuilder AddErrorTracking<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        if (string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(ConnectionName))) return builder;

        services.Configure<ErrorTrackingOptions>(builder.Configuration.GetSection(ErrorTrackingOptions.Section));
        services.Configure<SpoolOptions>(builder.Configuration.GetSection(SpoolOptions.Section));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.TryAddSingleton<Redactor>();
        services.TryAddSingleton(ServiceIdentity.Of(builder.Configuration, builder.Environment));
        ObservabilityDatabase.Register(services);
        services.AddSingleton<ErrorTracker>();
        services.AddSingleton<ErrorBatchStore>();
        services.AddSingleton(CreateAggregator);
        services.AddSingleton(CreateStore);
        services.AddSentry(builder.Configuration.GetSection(ErrorTrackingOptions.Section)[nameof(ErrorTrackingOptions.SentryDsn)]);
        services.AddSingleton<ErrorWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<ErrorWriter>());
        services.AddHostedService<ProcessErrors>();
        services.AddSingleton<IHealthCheckPublisher, HealthTransitions>();
        return builder;
    }

    /// <summary>For the monitor: <see cref="ErrorGroups"/>, <see cref="ErrorReport"/>, escalation and retention. Needs <c>ConnectionStrings:rag</c> when used.</summary>
    public static TBuilder AddErrorGroups<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.Configure<ErrorUpkeepOptions>(builder.Configuration.GetSection(ErrorUpkeepOptions.Section));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton(ServiceIdentity.Of(builder.Configuration, builder.Environment));
        ObservabilityDatabase.Register(builder.Services);
        builder.Services.AddSingleton(services => new ErrorGroups(services.GetRequiredService<ObservabilityDatabase>(), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(services => new ErrorReport(services.GetRequiredService<ObservabilityDatabase>(), services.GetRequiredService<TimeProvider>()));
        if (!string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(ConnectionName))) builder.Services.AddHostedService<ErrorUpkeep>();
        return builder;
    }

    private static void AddSentry(this IServiceCollection services, string? dsn)
    {
        if (string.IsNullOrWhiteSpace(dsn)) return;

        var parsed = SentryDsn.Parse(dsn);
        services.AddHttpClient(SentryForwarder.HttpClientName);
        services.AddSingleton(provider => new SentryForwarder(
            parsed, provider.GetRequiredService<IHttpClientFactory>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SentryForwarder>>()));
        services.AddHostedService(provider => provider.GetRequiredService<SentryForwarder>());
    }

    private static ErrorAggregator CreateAggregator(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<ErrorTrackingOptions>>().Value;
        var rules = options.RulesFile.Length == 0 ? FingerprintRules.None : FingerprintRules.Parse(File.ReadAllText(options.RulesFile));
        var logger = services.GetRequiredService<ILogger<ErrorAggregator>>();
        foreach (var mistake in rules.Mistakes) LogMistake(logger, options.RulesFile, mistake);
        return new ErrorAggregator(rules, services.GetRequiredService<Redactor>(), services.GetRequiredService<ServiceIdentity>(), options);
    }

    private static StoreAndForward<ErrorBatch> CreateStore(IServiceProvider services) => new(
        SpoolName,
        services.GetRequiredService<ErrorBatchStore>().StoreAsync,
        ErrorJson.Default.ErrorBatch,
        services.GetRequiredService<IOptions<SpoolOptions>>().Value,
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<IMeterFactory>(),
        services.GetRequiredService<ILogger<StoreAndForward<ErrorBatch>>>());

    [LoggerMessage(1, LogLevel.Warning, "Grouping rules {File}: {Mistake}")]
    private static partial void LogMistake(ILogger logger, string file, string mistake);
}
