using System.Collections;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>
/// The orchestrator's process. It runs detached, in a session of its own, so that Ctrl+C in a terminal reaches only the AppHost; and it
/// watches the AppHost: when that is gone, for whatever reason, it ends everything it started, and then itself.
/// </summary>
internal sealed partial class DcpHost(IConfiguration configuration, TimeProvider time, ILogger<DcpHost> logger) : IDisposable
{
    public const string PathSetting = "ASPIRE_DCP_PATH";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    // What was meant for the AppHost alone would be inherited by every process that the orchestrator starts.
    private static readonly string[] NotInherited =
        ["ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "ASPIRE_LOG_LEVEL"];

    private readonly DirectoryInfo _session = Directory.CreateTempSubdirectory("aspire-dcp-");
    private DcpClient? _client;

    public DcpClient Client => _client ?? throw new InvalidOperationException("The orchestrator has not been started.");

    private string Kubeconfig => Path.Combine(_session.FullName, "kubeconfig");

    /// <exception cref="DistributedApplicationException">It is not there, or does not start.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var certificate = DcpCertificate.Create(_session.FullName, time);
        await LaunchAsync(FindExecutable(), certificate, cancellationToken);

        using var timeout = new CancellationTokenSource(StartTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            while (true)
            {
                if (File.Exists(Kubeconfig) && DcpConnection.Read(await File.ReadAllTextAsync(Kubeconfig, either.Token)) is { } connection)
                {
                    var client = new DcpClient(connection);
                    if (await IsServingAsync(client, either.Token))
                    {
                        _client = client;
                        return;
                    }

                    client.Dispose();
                }

                await Task.Delay(Poll, time, either.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DistributedApplicationException($"The orchestrator did not start within {StartTimeout.TotalSeconds:0} s. Its files are in {_session.FullName}.", e);
        }
    }

    /// <summary>Ends every process of the run, and the orchestrator.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_client is null)
        {
            EndLingering();
            return;
        }

        try
        {
            await _client.CleanUpAsync(cancellationToken);
            while (await _client.GetStatusAsync(cancellationToken) == DcpServerStatus.CleaningResources)
            {
                await Task.Delay(Poll, time, cancellationToken);
            }

            await _client.ShutDownAsync(cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or DistributedApplicationException)
        {
            // It is gone already; it takes its processes with it.
            LogGone(logger, e.Message);
        }

        EndLingering();
    }

    public void Dispose()
    {
        _client?.Dispose();
        try
        {
            _session.Delete(recursive: true);
        }
        catch (IOException)
        {
            // The orchestrator removes its folder too.
        }
    }

    private static async Task<bool> IsServingAsync(DcpClient client, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetStatusAsync(cancellationToken) is not null;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string FindExecutable()
    {
        var path = configuration[PathSetting];
        if (string.IsNullOrEmpty(path))
            throw new DistributedApplicationException($"No orchestrator is set: {PathSetting} must name the program 'dcp' of the Aspire bundle, or its folder.");

        var program = OperatingSystem.IsWindows() ? "dcp.exe" : "dcp";
        var executable = Directory.Exists(path) ? Path.Combine(path, program) : path;
        return File.Exists(executable)
            ? executable
            : throw new DistributedApplicationException($"There is no orchestrator at '{executable}' ({PathSetting}).");
    }

    /// <summary>
    /// With nothing left to look after, the orchestrator's second process still takes two seconds to notice. What it would clean up by
    /// then is cleaned up, so it is ended. Elsewhere than on Linux no command line can be read, and it is left to end by itself.
    /// </summary>
    private void EndLingering()
    {
        if (!OperatingSystem.IsLinux()) return;
        foreach (var process in Process.GetProcessesByName("dcp"))
        {
            using (process)
            {
                try
                {
                    if (File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(Kubeconfig, StringComparison.Ordinal)) process.Kill();
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or System.ComponentModel.Win32Exception)
                {
                    // It ended meanwhile, or is somebody else's.
                }
            }
        }
    }

    private async Task LaunchAsync(string executable, DcpCertificate certificate, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(executable)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "start-apiserver", "--monitor", $"{Environment.ProcessId}", "--monitor-interval", "1", "--detach", "--kubeconfig", Kubeconfig },
        };
        foreach (var argument in certificate.Arguments) start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (!NotInherited.Contains(name, StringComparer.OrdinalIgnoreCase)) start.Environment[name] = (string?)variable.Value;
        }

        start.Environment["DCP_SESSION_FOLDER"] = _session.FullName;
        using var launcher = Process.Start(start) ?? throw new DistributedApplicationException($"'{executable}' did not start.");
        await launcher.WaitForExitAsync(cancellationToken);
        if (launcher.ExitCode != 0)
        {
            throw new DistributedApplicationException(
                $"The orchestrator did not start (exit code {launcher.ExitCode}): {await launcher.StandardError.ReadToEndAsync(cancellationToken)}");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The orchestrator does not answer any more: {Reason}")]
    private static partial void LogGone(ILogger logger, string reason);
}
