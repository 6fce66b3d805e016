using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace RagObservability.AppHost;

/// <summary>
/// Where the dashboard is reached and where services send telemetry. Official Aspire takes this from a launch profile, which has fixed
/// ports; set here, two AppHosts can run at once, and an AppHost runs without a developer certificate.
/// </summary>
internal static class FrontDoors
{
    public static IDistributedApplicationBuilder WithDashboardAt(this IDistributedApplicationBuilder builder, int port)
    {
        var configuration = builder.Configuration;
        configuration["ASPNETCORE_URLS"] = Loopback(port == 0 ? FreePort() : port);
        configuration["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        foreach (var setting in (string[])["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"])
        {
            configuration[setting] ??= Loopback(FreePort());
        }

        return builder;
    }

    private static string Loopback(int port) => $"http://localhost:{port}";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
