using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Observability.Access;
using Rag.Observability.Audit.Suspicion;
using Rag.Observability.Logging;
using Rag.Observability.Logging.Sinks;
using Rag.Observability.Redaction;
using Rag.Observability.Storage;

namespace Rag.Observability.Audit;

public static class AuditExtensions
{
    /// <summary>
    /// <see cref="AuditTrail"/>, with its journal on disk and its table in schema <c>observability</c> of <c>ConnectionStrings:rag</c> (without that setting, the journal alone),
    /// <see cref="AuditReport"/> and <see cref="SuspicionWatch"/>.
    /// </summary>
    public static TBuilder AddAudit<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateDataAnnotations();
        services.AddOptions<SuspicionOptions>().BindConfiguration(SuspicionOptions.Section).ValidateDataAnnotations();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Redactor>();
        services.AddSingleton<AuditTelemetry>();
        services.AddSingleton(provider => new AuditChain(provider.GetRequiredService<IOptions<AuditOptions>>().Value.Key is { } key ? Encoding.UTF8.GetBytes(key) : null));
        services.AddSingleton(CreateTrail);
        services.AddSingleton<AuditFiles>();
        services.AddSingleton<SuspicionWatch>();
        if (ObservabilityDatabase.IsConfigured(builder.Configuration))
        {
            ObservabilityDatabase.Register(services);
            services.AddSingleton<AuditStore>();
        }

        services.AddSingleton(provider => new AuditReport(provider.GetService<AuditStore>(), provider.GetRequiredService<AuditFiles>().Journal));
        services.AddHostedService(provider => new AuditWriter(
            provider.GetRequiredService<AuditTrail>(), provider.GetRequiredService<AuditFiles>().Journal, provider.GetService<AuditStore>(),
            provider.GetRequiredService<IOptions<AuditOptions>>().Value, provider.GetRequiredService<AuditTelemetry>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AuditWriter>>()));
        return builder;
    }

    /// <summary><c>GET /audit/verify</c>: whether an event was changed, removed or moved, in this service's journal or in the table of all.</summary>
    public static IEndpointRouteBuilder MapAuditVerification(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/audit/verify", async (AuditReport report, CancellationToken cancellationToken) => TypedResults.Ok(await report.VerifyAsync(cancellationToken)))
            .WithTags("Audit").WithSummary("Tells whether an event was changed or removed").WithRequestTimeout(AccessOptions.LongRequests);
        return routes;
    }

    private static AuditTrail CreateTrail(IServiceProvider services) => new(
        services.GetRequiredService<ILoggerFactory>(), services.GetRequiredService<Redactor>(), services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<IOptions<AuditOptions>>(),
        services.GetRequiredService<IConfiguration>()["OTEL_SERVICE_NAME"] ?? services.GetRequiredService<IHostEnvironment>().ApplicationName);
}
