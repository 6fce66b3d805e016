namespace Aspire.Hosting.ApplicationModel;

/// <summary>Start, stop and restart: the commands of every resource that has a process.</summary>
internal static class LifecycleCommands
{
    /// <param name="resource">The resource that gets the commands.</param>
    /// <param name="start">Starts the instance with the given id; done when the orchestrator has accepted it.</param>
    /// <param name="stop">Stops the instance with the given id; done when no process is left.</param>
    public static void AddTo(IResource resource, Func<string, CancellationToken, Task> start, Func<string, CancellationToken, Task> stop)
    {
        resource.Annotations.Add(Command(KnownResourceCommands.StartCommand, "Start", "Start resource", "Play", IconVariant.Filled, StartState, isHighlighted: true, async context =>
        {
            await start(context.ResourceName, context.CancellationToken);
            return CommandResults.Success($"Resource '{NameOf(resource, context.ResourceName)}' started.");
        }));
        resource.Annotations.Add(Command(KnownResourceCommands.StopCommand, "Stop", "Stop resource", "Stop", IconVariant.Filled, StopState, isHighlighted: true, async context =>
        {
            await stop(context.ResourceName, context.CancellationToken);
            return CommandResults.Success($"Resource '{NameOf(resource, context.ResourceName)}' stopped.");
        }));
        resource.Annotations.Add(Command(KnownResourceCommands.RestartCommand, "Restart", "Restart resource", "ArrowCounterclockwise", IconVariant.Regular, RestartState, isHighlighted: false, async context =>
        {
            await stop(context.ResourceName, context.CancellationToken);

            // Who closes the browser between the two halves asked for a restart, not for a stop.
            await start(context.ResourceName, CancellationToken.None);
            return CommandResults.Success($"Resource '{NameOf(resource, context.ResourceName)}' restarted.");
        }));
    }

    /// <summary>The name that the user gave, unless only the id tells which instance is meant.</summary>
    private static string NameOf(IResource resource, string instanceId) => resource.GetInstanceIds().Count == 1 ? resource.Name : instanceId;

    private static ResourceCommandAnnotation Command(
        string name,
        string displayName,
        string description,
        string icon,
        IconVariant variant,
        Func<string?, ResourceCommandState> state,
        bool isHighlighted,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> execute) =>
        new(name, displayName, context => state(context.ResourceSnapshot.State?.Text), execute, description, parameter: null, confirmationMessage: null, icon, variant, isHighlighted);

    private static ResourceCommandState StartState(string? state) =>
        IsStopped(state) || Is(state, KnownResourceStates.Waiting) ? ResourceCommandState.Enabled
        : IsUnsettled(state) ? ResourceCommandState.Disabled
        : ResourceCommandState.Hidden;

    private static ResourceCommandState StopState(string? state) =>
        Is(state, KnownResourceStates.Stopping) ? ResourceCommandState.Disabled
        : IsStopped(state) || Is(state, KnownResourceStates.Waiting) || IsUnsettled(state) ? ResourceCommandState.Hidden
        : ResourceCommandState.Enabled;

    private static ResourceCommandState RestartState(string? state) =>
        IsStopped(state) || IsUnsettled(state) || Is(state, KnownResourceStates.Waiting) || Is(state, KnownResourceStates.Stopping)
            ? ResourceCommandState.Disabled
            : ResourceCommandState.Enabled;

    private static bool IsStopped(string? state) =>
        Is(state, KnownResourceStates.NotStarted) || KnownResourceStates.TerminalStates.Any(terminal => Is(state, terminal));

    private static bool IsUnsettled(string? state) =>
        string.IsNullOrEmpty(state) || Is(state, KnownResourceStates.Starting) || Is(state, KnownResourceStates.RuntimeUnhealthy);

    private static bool Is(string? state, string expected) => string.Equals(state, expected, StringComparison.OrdinalIgnoreCase);
}
