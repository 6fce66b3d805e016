using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestrator;

/// <summary>
/// Ends the application when the <c>dotnet run</c> that started it is killed. That command passes SIGTERM on, but nobody can pass SIGKILL
/// on: the AppHost would run on, unseen, and keep its ports. Only on Linux, where a process can tell who its parent is; started in any
/// other way (nohup, a service) an AppHost outlives its parent, as it should.
/// </summary>
internal sealed partial class LauncherWatch(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<LauncherWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!OperatingSystem.IsLinux()) return;
        var launcher = ParentId();
        if (!IsDotnetRun(launcher)) return;

        while (ParentId() == launcher) await Task.Delay(Poll, time, stoppingToken);
        LogGone(logger);
        lifetime.StopApplication();
    }

    /// <summary>The fourth field of the process's own state; the second, its name, stands in parentheses and may hold anything.</summary>
    private static int ParentId()
    {
        var state = File.ReadAllText("/proc/self/stat");
        return int.Parse(state[(state.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static bool IsDotnetRun(int pid)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            return command.Length > 1 && Path.GetFileName(command[0]) == "dotnet" && command.Skip(1).Take(2).Any(argument => argument is "run" or "watch");
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The 'dotnet run' that started this AppHost is gone: stopping.")]
    private static partial void LogGone(ILogger logger);
}
