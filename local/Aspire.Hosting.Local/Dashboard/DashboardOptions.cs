using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Where the dashboard listens and who may talk to it, decided once for a run.</summary>
internal sealed record DashboardOptions
{
    /// <summary>The dashboard's name in the application model, the same as in official Aspire.</summary>
    public const string ResourceName = "aspire-dashboard";

    public const int DefaultFrontendPort = 18888;
    public const string BrowserTokenSetting = "AppHost:BrowserToken";
    public const string OtlpApiKeySetting = "AppHost:OtlpApiKey";
    public const string TelemetryApiKeySetting = "AppHost:DashboardApiKey";
    public const string ResourceServiceApiKeySetting = "AppHost:ResourceService:ApiKey";

    /// <summary>Shown in the dashboard's title.</summary>
    public required string ApplicationName { get; init; }

    public required Uri FrontendUrl { get; init; }

    /// <summary>Where services send telemetry as OTLP over gRPC.</summary>
    public required Uri OtlpGrpcUrl { get; init; }

    /// <summary>Where services send telemetry as OTLP over HTTP.</summary>
    public required Uri OtlpHttpUrl { get; init; }

    /// <summary>0: any free port.</summary>
    public required int ResourceServicePort { get; init; }

    /// <summary>What the resource service asks for, in anonymous mode too: it can stop processes.</summary>
    public required string ResourceServiceApiKey { get; init; }

    /// <summary>Opens the pages; null in anonymous mode.</summary>
    public string? BrowserToken { get; init; }

    /// <summary>Lets services send telemetry (header <c>x-otlp-api-key</c>); null in anonymous mode.</summary>
    public string? OtlpApiKey { get; init; }

    /// <summary>Lets a program read telemetry (<c>GET /api/telemetry/…</c>, header <c>x-api-key</c>); null in anonymous mode.</summary>
    public string? TelemetryApiKey { get; init; }

    /// <summary>Anyone who reaches the port may look and act. Only when asked for by <c>ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS</c>.</summary>
    public bool AllowAnonymous => BrowserToken is null;

    /// <summary>The address that opens the pages without asking.</summary>
    public Uri LoginUrl => BrowserToken is null ? FrontendUrl : new Uri(FrontendUrl, $"/login?t={BrowserToken}");

    /// <summary>
    /// Reads the settings of official Aspire, and fills in what they leave open: free ports, and keys that are made for this run. The keys
    /// and addresses are written back to the configuration under the official names, for the services' environment and for tests.
    /// </summary>
    /// <param name="configuration">The AppHost's configuration.</param>
    /// <param name="applicationName">Used unless <c>AppHost:DashboardApplicationName</c> says otherwise.</param>
    /// <param name="freePort">Finds a port that nobody listens on.</param>
    /// <exception cref="DistributedApplicationException">A setting is not a URL.</exception>
    public static DashboardOptions Create(IConfiguration configuration, string applicationName, Func<int> freePort)
    {
        var anonymous = configuration.GetValue("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", defaultValue: false);
        var resourceService = UrlSetting(configuration, "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL");
        return new()
        {
            ApplicationName = configuration["AppHost:DashboardApplicationName"] ?? applicationName,
            FrontendUrl = UrlOr(configuration, "ASPNETCORE_URLS", () => DefaultFrontendPort),
            OtlpGrpcUrl = UrlOr(configuration, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", freePort),
            OtlpHttpUrl = UrlOr(configuration, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", freePort),
            ResourceServicePort = resourceService?.Port ?? 0,
            ResourceServiceApiKey = KeyOrNew(configuration, ResourceServiceApiKeySetting, configuration["ASPIRE_DASHBOARD_RESOURCESERVICE_APIKEY"]),
            BrowserToken = anonymous ? null : KeyOrNew(configuration, BrowserTokenSetting, configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"]),
            OtlpApiKey = anonymous ? null : KeyOrNew(configuration, OtlpApiKeySetting),
            TelemetryApiKey = anonymous ? null : KeyOrNew(configuration, TelemetryApiKeySetting),
        };
    }

    private static Uri UrlOr(IConfiguration configuration, string setting, Func<int> port)
    {
        var url = UrlSetting(configuration, setting) ?? new Uri($"http://localhost:{port()}");
        configuration[setting] = url.GetLeftPart(UriPartial.Authority);
        return url;
    }

    private static Uri? UrlSetting(IConfiguration configuration, string setting)
    {
        // ASPNETCORE_URLS may hold several, separated by semicolons; without a certificate of its own the dashboard speaks http only.
        var urls = configuration[setting]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (urls.Length == 0)
        {
            return null;
        }

        return Uri.TryCreate(Array.Find(urls, u => u.StartsWith("http://", StringComparison.OrdinalIgnoreCase)), UriKind.Absolute, out var url)
            ? url
            : throw new DistributedApplicationException($"{setting} is '{configuration[setting]}'; an address such as http://localhost:{DefaultFrontendPort} is needed.");
    }

    private static string KeyOrNew(IConfiguration configuration, string setting, string? given = null) =>
        configuration[setting] = FirstFilled(configuration[setting], given) ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static string? FirstFilled(params ReadOnlySpan<string?> values)
    {
        foreach (var value in values)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                return value;
            }
        }

        return null;
    }
}
