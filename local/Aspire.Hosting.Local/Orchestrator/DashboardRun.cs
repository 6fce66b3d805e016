using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestrator;

/// <summary>Runs the dashboard next to the resources.</summary>
internal sealed class DashboardRun(
    DistributedApplicationOptions applicationOptions,
    DashboardOptions options,
    DashboardServiceHost resourceService,
    DcpHost dcp,
    IConfiguration configuration,
    IHttpClientFactory clients,
    TimeProvider time,
    ILogger<DistributedApplication> logger)
{
    public const string PathSetting = "ASPIRE_DASHBOARD_PATH";

    public bool IsEnabled => !applicationOptions.DisableDashboard;

    /// <summary>The ports at which the dashboard wants to listen.</summary>
    public IEnumerable<(string Owner, int Port)> Ports => IsEnabled
        ? [("the dashboard", options.FrontendUrl.Port), ("the dashboard (OTLP/gRPC)", options.OtlpGrpcUrl.Port), ("the dashboard (OTLP/HTTP)", options.OtlpHttpUrl.Port)]
        : [];

    /// <summary>Starts the dashboard; the address is announced when it answers.</summary>
    public async Task StartAsync(CancellationToken stopping)
    {
        if (!IsEnabled) return;

        var executable = FindExecutable();
        var url = await resourceService.StartAsync(stopping);
        var process = DashboardProcess.Describe(options, executable, url);
        await dcp.Client.CreateExecutableAsync(
            DashboardOptions.ResourceName,
            new ExecutableSpec(
                process.ExecutablePath,
                Path.GetDirectoryName(executable),
                process.Arguments,
                [.. process.Environment.Select(v => new EnvironmentVariable(v.Key, v.Value))]),
            annotations: null,
            stopping);
        await new DashboardReadiness(options, clients.CreateClient(), time, logger).AnnounceAsync(stopping);
    }

    private string FindExecutable()
    {
        var path = configuration[PathSetting];
        if (string.IsNullOrEmpty(path))
            throw new DistributedApplicationException($"No dashboard is set: {PathSetting} must name the program 'aspire-managed' of the Aspire bundle, or its folder.");

        var program = OperatingSystem.IsWindows() ? "aspire-managed.exe" : "aspire-managed";
        var executable = Directory.Exists(path) ? Path.Combine(path, program) : path;
        return File.Exists(executable)
            ? executable
            : throw new DistributedApplicationException($"There is no dashboard at '{executable}' ({PathSetting}).");
    }
}
