using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace RagObservability.AppHost.Runtime;

/// <summary>The orchestrator and the dashboard, which lie packed inside the Aspire command-line tool.</summary>
internal sealed partial class AspireBundle(string folder, ILogger logger)
{
    // The only platform for which the tool is published as an npm package.
    public static readonly string PackageFolder = Path.Combine("@microsoft", "aspire-cli-linux-x64");

    /// <exception cref="DistributedApplicationException">The tool failed.</exception>
    public async Task UnpackAsync(CancellationToken cancellationToken)
    {
        var modules = Path.Combine(folder, "node_modules");
        var tool = Path.Combine(modules, PackageFolder, "bin", "aspire");
        if (!OperatingSystem.IsLinux() || !File.Exists(tool)) return;

        // Forced: after the checkout was moved all is there, but the tool's link leads to the old place.
        LogUnpacking(logger);
        var home = Path.Combine(modules, ".aspire-home");
        Directory.CreateDirectory(home);
        File.SetUnixFileMode(tool, File.GetUnixFileMode(tool) | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(tool)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "setup", "--nologo", "--non-interactive", "--force" },
            Environment =
            {
                ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "1",

                // The tool unpacks next to itself; logs, caches and a second copy it would leave in the home folder.
                ["HOME"] = home,
            },
        };
        using var setup = Process.Start(start)!;
        var output = Task.WhenAll(setup.StandardOutput.ReadToEndAsync(cancellationToken), setup.StandardError.ReadToEndAsync(cancellationToken));
        await setup.WaitForExitAsync(cancellationToken);
        if (setup.ExitCode != 0)
            throw new DistributedApplicationException($"Unpacking the Aspire orchestrator and dashboard failed (exit code {setup.ExitCode}):\n{string.Join('\n', await output).Trim()}");
        Directory.Delete(home, recursive: true);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Unpacking the Aspire orchestrator and dashboard.")]
    private static partial void LogUnpacking(ILogger logger);
}
