using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Ties a health check to the resource; the check itself is registered with <c>builder.Services.AddHealthChecks()</c>.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key)
        where T : IResource
    {
        if (builder.Resource.Annotations.OfType<HealthCheckAnnotation>().Any(a => string.Equals(a.Key, key, StringComparison.Ordinal)))
            throw new DistributedApplicationException($"The resource '{builder.Resource.Name}' already has the health check '{key}'.");
        return builder.WithAnnotation(new HealthCheckAnnotation(key));
    }

    /// <summary>Healthy = a GET on the path of an http endpoint answers with the status code (200 unless told otherwise).</summary>
    /// <exception cref="DistributedApplicationException">The resource has no such http endpoint.</exception>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        var endpoint = builder.Resource.GetEndpoints().FirstOrDefault(e =>
            (e.IsHttp || e.IsHttps) && (endpointName is null || string.Equals(e.EndpointName, endpointName, StringComparison.OrdinalIgnoreCase)))
            ?? throw new DistributedApplicationException(
                $"The resource '{builder.Resource.Name}' has no {endpointName ?? "http"} endpoint to check: call WithHttpEndpoint() before WithHttpHealthCheck().");

        path ??= "/";
        var expected = statusCode ?? 200;
        var key = string.Create(CultureInfo.InvariantCulture, $"{builder.Resource.Name}_{endpoint.EndpointName}_{path}_{expected}_check");
        builder.ApplicationBuilder.Services.AddHttpClient(HttpEndpointHealthCheck.ClientName);
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            key,
            services => new HttpEndpointHealthCheck(services.GetRequiredService<IHttpClientFactory>(), endpoint, path, expected),
            failureStatus: null,
            tags: null));
        return builder.WithHealthCheck(key);
    }
}
