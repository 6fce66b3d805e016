using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestrator;

/// <summary>Asks the health checks of a resource as long as it runs, and tells when it is ready for the first time since its start.</summary>
internal sealed partial class ResourceHealthMonitor(
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    ResourceReadiness readiness,
    HealthCheckService checks,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    TimeProvider time)
{
    // Often while a start is awaited, seldom once all is well: what ends a process is told by the orchestrator anyway.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HealthyPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Runs until the application ends.</summary>
    public async Task RunAsync(IResource resource, CancellationToken stopping)
    {
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(a => a.Key).ToHashSet(StringComparer.Ordinal);
        Dictionary<string, string?> states = new(StringComparer.Ordinal);
        CancellationTokenSource? running = null;
        var loop = Task.CompletedTask;
        try
        {
            await foreach (var change in notifications.WatchAsync(stopping))
            {
                if (!ReferenceEquals(change.Resource, resource)) continue;

                // The states as they were told, not as they are now: a quick restart must not go unseen. One of several replicas is enough.
                states[change.ResourceId] = change.Snapshot.State?.Text;
                var runs = states.ContainsValue(KnownResourceStates.Running);
                if (runs && running is null)
                {
                    running = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                    loop = WatchHealthAsync(resource, keys, running.Token);
                }
                else if (!runs && running is not null)
                {
                    await EndAsync(running, loop);
                    running = null;
                    readiness.Reset(resource);
                    await PublishAsync(resource, [.. keys.Select(k => new HealthReportSnapshot(k, Status: null, Description: null, ExceptionText: null))]);
                }
            }
        }
        finally
        {
            if (running is not null) await EndAsync(running, loop);
        }
    }

    private static async Task EndAsync(CancellationTokenSource running, Task loop)
    {
        await running.CancelAsync();
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        running.Dispose();
    }

    private async Task WatchHealthAsync(IResource resource, HashSet<string> keys, CancellationToken cancellationToken)
    {
        var isReady = false;
        var pause = FirstPause;
        while (true)
        {
            var healthy = keys.Count == 0 || await CheckAsync(resource, keys, cancellationToken);
            if (healthy && !isReady)
            {
                isReady = true;
                await PublishReadyAsync(resource, cancellationToken);
            }

            if (keys.Count == 0) return;
            pause = healthy ? HealthyPause : isReady ? LongestPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 3 / 2, LongestPause.Ticks));
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private async Task<bool> CheckAsync(IResource resource, HashSet<string> keys, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        ImmutableArray<HealthReportSnapshot> reports;
        try
        {
            var report = await checks.CheckHealthAsync(registration => keys.Contains(registration.Name), either.Token);
            reports =
            [
                .. keys.Select(key => report.Entries.TryGetValue(key, out var entry)
                    ? new HealthReportSnapshot(key, entry.Status, entry.Description, entry.Exception?.Message)
                    : new HealthReportSnapshot(key, HealthStatus.Unhealthy, $"No health check '{key}' is registered.", ExceptionText: null)),
            ];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            reports = [.. keys.Select(key => new HealthReportSnapshot(key, HealthStatus.Unhealthy, $"No answer within {Timeout.TotalSeconds:0} s.", ExceptionText: null))];
        }

        await PublishAsync(resource, reports);
        return reports.All(r => r.Status == HealthStatus.Healthy);
    }

    private Task PublishAsync(IResource resource, ImmutableArray<HealthReportSnapshot> reports) =>
        notifications.PublishUpdateAsync(resource, snapshot => snapshot with { HealthReports = reports });

    private async Task PublishReadyAsync(IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            await eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken);
            readiness.Set(resource);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What follows the event is part of the start: whoever waits for the resource must hear that it failed.
            LogReadyFailed(loggers.GetLogger(resource), e, resource.Name);
            readiness.Fail(resource, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What had to be done when '{Resource}' was ready failed.")]
    private static partial void LogReadyFailed(ILogger logger, Exception exception, string resource);
}
