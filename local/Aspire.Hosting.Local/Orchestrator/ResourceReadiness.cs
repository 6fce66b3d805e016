using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestrator;

/// <summary>Remembers which resources were healthy since they started, and whose followers of that event are done.</summary>
internal sealed class ResourceReadiness
{
    private readonly ConcurrentDictionary<IResource, TaskCompletionSource> _ready = new();

    /// <summary>Ends when the resource is ready; fails when a follower of the event failed.</summary>
    public Task WaitAsync(IResource resource, CancellationToken cancellationToken) => Of(resource).Task.WaitAsync(cancellationToken);

    public void Set(IResource resource) => Of(resource).TrySetResult();

    public void Fail(IResource resource, Exception reason) => Of(resource).TrySetException(reason);

    /// <summary>The resource ended: the next start has to become ready again.</summary>
    public void Reset(IResource resource) =>
        _ready.AddOrUpdate(resource, _ => New(), (_, current) => current.Task.IsCompleted ? New() : current);

    private TaskCompletionSource Of(IResource resource) => _ready.GetOrAdd(resource, _ => New());

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
