using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Health;

/// <summary>Healthy = a GET on the endpoint answers with the expected status code.</summary>
internal sealed class HttpEndpointHealthCheck(IHttpClientFactory clients, EndpointReference endpoint, string path, int expectedStatusCode) : IHealthCheck
{
    public const string ClientName = "Aspire.Hosting.Health";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!endpoint.IsAllocated) return HealthCheckResult.Unhealthy("The endpoint has no address yet.");

        var uri = new Uri(new Uri(endpoint.Url), path);
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            return status == expectedStatusCode
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy(string.Create(CultureInfo.InvariantCulture, $"{uri} answered {status} instead of {expectedStatusCode}."));
        }
        catch (HttpRequestException e)
        {
            return HealthCheckResult.Unhealthy($"{uri} does not answer: {e.Message}");
        }
    }
}
