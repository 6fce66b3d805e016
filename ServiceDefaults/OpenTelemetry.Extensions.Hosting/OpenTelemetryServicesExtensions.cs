using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;

#pragma warning disable IDE0130 // The namespace is the official package's.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// The entry point of OpenTelemetry.Extensions.Hosting, for feeds that lack the package.
/// Where the feed has it: delete this folder and add the package reference.
/// </summary>
public static class OpenTelemetryServicesExtensions
{
    public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        // First in the list, so that it starts before and stops after every other hosted service.
        if (!services.Any(service => service.ImplementationType == typeof(TelemetryHostedService)))
        {
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryHostedService>());
        }

        return new OpenTelemetryBuilder(services);
    }
}
