namespace Aspire.Hosting.Dashboard;

/// <summary>How the dashboard is started.</summary>
/// <param name="ExecutablePath">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">What it needs beyond the inherited environment.</param>
internal sealed record DashboardProcess(string ExecutablePath, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Describes the dashboard of a run.</summary>
    /// <param name="options">Addresses and keys.</param>
    /// <param name="executablePath">The bundle's <c>aspire-managed</c>, or a dashboard of its own.</param>
    /// <param name="resourceServiceUrl">Where <see cref="DashboardServiceHost"/> listens.</param>
    public static DashboardProcess Describe(DashboardOptions options, string executablePath, Uri resourceServiceUrl)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_URLS"] = Authority(options.FrontendUrl),
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Authority(options.OtlpGrpcUrl),
            ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = Authority(options.OtlpHttpUrl),
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = Authority(resourceServiceUrl),
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            ["ASPIRE_DASHBOARD_API_ENABLED"] = "true",
            ["ASPIRE_DASHBOARD_TELEMETRY_OPTOUT"] = "true",
            ["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey",
            ["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = options.ResourceServiceApiKey,
        };
        AddAuthentication(environment, "FRONTEND", "BrowserToken", "BROWSERTOKEN", options.BrowserToken);
        AddAuthentication(environment, "OTLP", "ApiKey", "PRIMARYAPIKEY", options.OtlpApiKey);
        AddAuthentication(environment, "API", "ApiKey", "PRIMARYAPIKEY", options.TelemetryApiKey);
        var isBundle = Path.GetFileNameWithoutExtension(executablePath).Equals("aspire-managed", StringComparison.OrdinalIgnoreCase);
        return new(executablePath, isBundle ? ["dashboard"] : [], environment);
    }

    private static void AddAuthentication(Dictionary<string, string> environment, string part, string mode, string keyName, string? key)
    {
        environment[$"DASHBOARD__{part}__AUTHMODE"] = key is null ? "Unsecured" : mode;
        if (key is not null)
        {
            environment[$"DASHBOARD__{part}__{keyName}"] = key;
        }
    }

    private static string Authority(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
