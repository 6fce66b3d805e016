using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rag.Observability.Resilience.Breaker;
using Rag.Observability.Resilience.Telemetry;

namespace Rag.Observability.Resilience;

public static class ResilienceExtensions
{
    private const string HealthCheckName = "circuit_breakers";

    /// <summary>Adds what every pipeline reports to, and the health check <c>circuit_breakers</c>. May be called more than once.</summary>
    public static IServiceCollection AddResilience(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(Breakers))) return services;

        services.AddMetrics();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton<Breakers>();
        services.AddSingleton<ResilienceTelemetry>();
        services.AddSingleton<DependencyPipelines>();
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            HealthCheckName, static provider => new BreakerHealthCheck(provider.GetRequiredService<Breakers>()), HealthStatus.Degraded, tags: null));
        return services;
    }

    /// <summary>Adds a <see cref="Dependency"/> of this name, as a keyed singleton.</summary>
    public static IServiceCollection AddDependency(this IServiceCollection services, string name, Action<DependencyOptions>? configure = null)
    {
        services.AddResilience();
        services.AddOptions<DependencyOptions>(name).Configure(o => configure?.Invoke(o));
        services.AddKeyedSingleton(name, static (provider, key) => provider.GetRequiredService<DependencyPipelines>().Build((string)key!));
        return services;
    }
}
