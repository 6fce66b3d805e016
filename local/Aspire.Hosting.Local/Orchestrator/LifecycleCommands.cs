using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Orchestrator;

/// <summary>The commands start, stop and restart, which every resource with a process has.</summary>
internal static class LifecycleCommands
{
    private static readonly string[] Startable =
        [KnownResourceStates.NotStarted, KnownResourceStates.Exited, KnownResourceStates.Finished, KnownResourceStates.FailedToStart];

    private static readonly string[] Stoppable =
        [KnownResourceStates.Waiting, KnownResourceStates.Starting, KnownResourceStates.Running, KnownResourceStates.RuntimeUnhealthy];

    public static void AddTo(IEnumerable<IResource> resources)
    {
        foreach (var resource in resources.Where(r => r is ProjectResource or ExecutableResource))
        {
            Add(resource, KnownResourceCommands.StartCommand, "Start", "Play", Startable, hideOtherwise: true, static async (instance, ct) =>
            {
                // Waiting for dependencies may take for ever: the command is done when the start is under way.
                _ = instance.StartAsync(CancellationToken.None);
                await Task.CompletedTask;
            });
            Add(resource, KnownResourceCommands.StopCommand, "Stop", "Stop", Stoppable, hideOtherwise: true, static (instance, ct) => instance.StopAsync(ct));
            Add(resource, KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", [KnownResourceStates.Running, KnownResourceStates.RuntimeUnhealthy], hideOtherwise: false, static async (instance, ct) =>
            {
                await instance.StopAsync(ct);
                _ = instance.StartAsync(CancellationToken.None);
            });
        }
    }

    private static void Add(
        IResource resource, string name, string displayName, string icon, string[] states, bool hideOtherwise, Func<ProcessInstance, CancellationToken, Task> execute)
    {
        if (resource.Annotations.OfType<ResourceCommandAnnotation>().Any(c => c.Name == name)) return;
        resource.Annotations.Add(new ResourceCommandAnnotation(
            name,
            displayName,
            context => states.Contains(context.ResourceSnapshot.State?.Text, StringComparer.Ordinal) ? ResourceCommandState.Enabled
                : hideOtherwise ? ResourceCommandState.Hidden : ResourceCommandState.Disabled,
            async context =>
            {
                await execute(context.Services.GetRequiredService<ProcessInstances>().Named(context.ResourceName), context.CancellationToken);
                return CommandResults.Success();
            },
            displayDescription: null,
            parameter: null,
            confirmationMessage: null,
            icon,
            IconVariant.Filled,
            isHighlighted: true));
    }
}
