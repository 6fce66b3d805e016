using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.ServiceDiscovery;

#pragma warning disable IDE0130 // The namespace is the official package's.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Service discovery from configuration, for feeds that lack Microsoft.Extensions.ServiceDiscovery.
/// Where the feed has it: delete this folder and add the package reference.
/// </summary>
public static class ServiceDiscoveryExtensions
{
    public static IServiceCollection AddServiceDiscovery(this IServiceCollection services)
    {
        services.TryAddSingleton<ServiceEndpoints>();
        return services;
    }

    /// <summary>Resolves <c>http://rag-api</c> and <c>https+http://rag-api</c> on every request of the client.</summary>
    public static IHttpClientBuilder AddServiceDiscovery(this IHttpClientBuilder builder)
    {
        builder.Services.AddServiceDiscovery();
        return builder.AddHttpMessageHandler(services => new ServiceDiscoveryHandler(services.GetRequiredService<ServiceEndpoints>()));
    }
}
