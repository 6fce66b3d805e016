using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace Rag.Observability.Redaction;

public static class RedactionExtensions
{
    /// <summary>The redactor, and its place before everything that OpenTelemetry exports and before every logger's scopes. Part of <c>AddRagLogging</c>.</summary>
    public static IServiceCollection AddRagRedaction(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<RedactionOptions>(configuration.GetSection(RedactionOptions.Section));
        services.TryAddSingleton<Redactor>();
        services.TryAddSingleton<IExternalScopeProvider>(provider => new RedactingScopes(provider.GetRequiredService<Redactor>()));
        services.ConfigureOpenTelemetryTracerProvider((provider, tracing) => tracing.AddProcessor(new RedactingSpanProcessor(provider.GetRequiredService<Redactor>())));
        services.ConfigureOpenTelemetryLoggerProvider((provider, logging) => logging.AddProcessor(new RedactingLogProcessor(provider.GetRequiredService<Redactor>())));
        return services;
    }
}
