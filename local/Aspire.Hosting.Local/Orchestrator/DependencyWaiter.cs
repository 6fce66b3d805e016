using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestrator;

/// <summary>Holds a resource back until what it waits for is there.</summary>
internal sealed partial class DependencyWaiter(
    ResourceNotificationService notifications, ResourceReadiness readiness, ResourceLoggerService loggers, DistributedApplicationOptions options)
{
    /// <exception cref="DistributedApplicationException">A dependency ended in a way that makes waiting pointless.</exception>
    public Task WaitAsync(IResource resource, string instanceName, CancellationToken cancellationToken)
    {
        var logger = loggers.GetLogger(instanceName);
        return Task.WhenAll(resource.Annotations.OfType<WaitAnnotation>().Select(w => WaitAsync(w, logger, cancellationToken)));
    }

    private async Task WaitAsync(WaitAnnotation wait, ILogger logger, CancellationToken cancellationToken)
    {
        var name = wait.Resource.Name;
        LogWaiting(logger, name, wait.WaitType);

        // With a dashboard somebody can start the missing one; without, nobody can, and waiting would never end.
        var behavior = wait.WaitBehavior ?? (options.DisableDashboard ? WaitBehavior.StopOnResourceUnavailable : WaitBehavior.WaitOnResourceUnavailable);
        var reached = await notifications.WaitForResourceAsync(name, e => IsReached(wait, behavior, e.Snapshot), cancellationToken);

        var state = reached.Snapshot.State?.Text;
        if (wait.WaitType == WaitType.WaitForCompletion)
        {
            if (state == KnownResourceStates.FailedToStart || (reached.Snapshot.ExitCode ?? 0) != wait.ExitCode)
                throw Unavailable(reached, $"did not end with exit code {wait.ExitCode}");
        }
        else if (IsTerminal(state))
        {
            throw Unavailable(reached, "is not available");
        }
        else if (wait.WaitType == WaitType.WaitUntilHealthy)
        {
            await readiness.WaitAsync(wait.Resource, cancellationToken);
        }

        LogWaited(logger, name);
    }

    private static bool IsReached(WaitAnnotation wait, WaitBehavior behavior, CustomResourceSnapshot snapshot)
    {
        var state = snapshot.State?.Text;
        if (wait.WaitType == WaitType.WaitForCompletion) return IsTerminal(state);
        if (behavior == WaitBehavior.StopOnResourceUnavailable && IsTerminal(state)) return true;
        return wait.WaitType == WaitType.WaitUntilHealthy
            ? snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
            : state == KnownResourceStates.Running || state == KnownResourceStates.Active;
    }

    private static bool IsTerminal(string? state) => state is not null && KnownResourceStates.TerminalStates.Contains(state, StringComparer.Ordinal);

    private static DistributedApplicationException Unavailable(ResourceEvent reached, string why) =>
        new($"The resource '{reached.Resource.Name}' {why}: {ResourceStateDescription.Of(reached)}. Its console log says more.");

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for resource '{Dependency}' ({Type}).")]
    private static partial void LogWaiting(ILogger logger, string dependency, WaitType type);

    [LoggerMessage(Level = LogLevel.Information, Message = "Finished waiting for resource '{Dependency}'.")]
    private static partial void LogWaited(ILogger logger, string dependency);
}
