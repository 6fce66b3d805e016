using Microsoft.Extensions.DependencyInjection;

namespace OpenTelemetry;

/// <summary>Stands in for the type of OpenTelemetry.Extensions.Hosting; the SDK's own extensions do the configuring.</summary>
public sealed class OpenTelemetryBuilder : IOpenTelemetryBuilder
{
    internal OpenTelemetryBuilder(IServiceCollection services) => Services = services;

    public IServiceCollection Services { get; }
}
