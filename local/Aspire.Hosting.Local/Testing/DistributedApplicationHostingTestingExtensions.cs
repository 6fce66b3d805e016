using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Testing;

/// <summary>Reaches the resources of a running application from a test.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>A client whose base address is an endpoint of a resource.</summary>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        client.BaseAddress = app.GetEndpoint(resourceName, endpointName);
        return client;
    }

    /// <exception cref="ArgumentException">There is no such resource, or it has no connection string.</exception>
    public static ValueTask<string?> GetConnectionStringAsync(
        this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default) =>
        Find(app, resourceName) is IResourceWithConnectionString resource
            ? resource.GetConnectionStringAsync(cancellationToken)
            : throw new ArgumentException($"The resource '{resourceName}' has no connection string.", nameof(resourceName));

    /// <summary>The address of an endpoint; without a name that of the http(s) endpoint, or of the only one.</summary>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var endpoints = Find(app, resourceName) is IResourceWithEndpoints resource ? resource.GetEndpoints().ToArray() : [];
        var endpoint = endpointName is not null
            ? Array.Find(endpoints, e => string.Equals(e.EndpointName, endpointName, StringComparison.OrdinalIgnoreCase))
            : Array.Find(endpoints, e => e.IsHttp || e.IsHttps) ?? (endpoints.Length == 1 ? endpoints[0] : null);
        return endpoint is not null
            ? new Uri(endpoint.Url)
            : throw new ArgumentException(
                $"The resource '{resourceName}' has no endpoint '{endpointName ?? "http"}'; it has: {string.Join(", ", endpoints.Select(e => e.EndpointName))}.",
                nameof(endpointName));
    }

    private static IResource Find(DistributedApplication app, string resourceName) =>
        app.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .FirstOrDefault(r => string.Equals(r.Name, resourceName, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"The application has no resource '{resourceName}'.", nameof(resourceName));
}
