using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Rag.Observability;
using Rag.Observability.Errors.Http;
using Rag.Observability.ErrorTracking;
using Rag.Observability.Health;
using Rag.Observability.Logging;
using ServiceDefaults.Health;

#pragma warning disable MA0048 // The file is named as in every Aspire solution.
namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the house has in common: telemetry, health endpoints, service discovery and resilient HTTP clients.</summary>
public static class ServiceDefaultsExtensions
{
    private const string HealthPath = "/health";
    private const string AlivenessPath = "/alive";
    private const string ReadinessPath = "/ready";
    private const string MetricsPath = "/metrics";

    /// <summary>What is asked every few seconds and tells nothing, Qdrant's probes included.</summary>
    private static readonly string[] UntracedPaths = [HealthPath, AlivenessPath, ReadinessPath, MetricsPath, "/healthz", "/readyz", "/livez"];

    /// <summary>Ctrl+C ends everything within five seconds: a stopping service gets most of that, the orchestrator the rest.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(3);

    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddRagLogging();
        builder.ConfigureOpenTelemetry();
        builder.AddDefaultHealthChecks();
        builder.AddRagErrors();
        builder.AddErrorTracking();

        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler(TuneForNeighbours);
            http.AddServiceDiscovery();
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);

        return builder;
    }

    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                // A hard-coded name would override the one that the orchestrator gives and show the service twice in the dashboard.
                builder.Configuration["OTEL_SERVICE_NAME"] ?? builder.Environment.ApplicationName,
                serviceVersion: Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
                autoGenerateServiceInstanceId: false)
                .AddAttributes([new(TelemetryNames.Tags.DeploymentEnvironmentName, builder.Environment.EnvironmentName)])
                .AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddMeter("System.Runtime", "System.Net.Http", "System.Net.NameResolution", "Npgsql", TelemetryNames.Source))
            .WithTracing(tracing => tracing
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !IsHealthPath(context.Request.Path))
                .AddSource("System.Net.Http", "Npgsql", TelemetryNames.Source));

        builder.AddOpenTelemetryExporters();

        return builder;
    }

    /// <summary>Adds the check that the process itself answers, and gives every check of the service a time limit.</summary>
    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [HealthTags.Live, HealthTags.Ready]);
        builder.Services.AddSingleton<Microsoft.Extensions.Options.IPostConfigureOptions<HealthCheckServiceOptions>, BoundHealthChecks>();

        return builder;
    }

    /// <summary>
    /// <c>GET /health</c> runs all checks, <c>/alive</c> those with the tag <c>live</c>, <c>/ready</c> those with the tag <c>ready</c>:
    /// 200 or 503 with <c>{"status","checks":{name:{"status","duration_ms","description"}}}</c>.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        MapHealth(HealthPath, static _ => true);
        MapHealth(AlivenessPath, static check => check.Tags.Contains(HealthTags.Live));
        MapHealth(ReadinessPath, static check => check.Tags.Contains(HealthTags.Ready));

        return app;

        void MapHealth(string path, Func<HealthCheckRegistration, bool> predicate) => app
            .MapHealthChecks(path, new HealthCheckOptions { Predicate = predicate, ResponseWriter = HealthResponse.WriteAsync })
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]))
            .DisableHttpMetrics();
    }

    private static TBuilder AddOpenTelemetryExporters<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        // Endpoint, protocol (grpc or http/protobuf), headers and delays all come from the OTEL_* settings.
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            builder.Services.AddOpenTelemetry().UseOtlpExporter();
        }

        return builder;
    }

    /// <summary>
    /// The package's defaults suit services across the internet. The dependencies of this house are a millisecond away: a first retry after two seconds
    /// would be most of the caller's patience, and at a laptop's load a breaker that wants a hundred calls would never open.
    /// A client of something slow, a language model for example, takes these away with RemoveAllResilienceHandlers and adds its own.
    /// </summary>
    private static void TuneForNeighbours(HttpStandardResilienceOptions options)
    {
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        options.CircuitBreaker.FailureRatio = 0.5;
        options.CircuitBreaker.MinimumThroughput = 10;
    }

    private static bool IsHealthPath(PathString path) =>
        UntracedPaths.Any(untraced => path.StartsWithSegments(untraced, StringComparison.OrdinalIgnoreCase));
}
