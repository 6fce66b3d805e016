using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// The one place that knows the state of every resource. Updates of one resource are applied one after the other, and every watcher
/// sees each resource's states in that order, beginning with the current one and never missing the last.
/// </summary>
/// <param name="services">Handed to the commands that decide whether they can be used.</param>
public class ResourceNotificationService(IServiceProvider services) : IDisposable
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<Channel<ResourceEvent>> _watchers = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposing = new();

    /// <summary>How many watch right now.</summary>
    internal int WatcherCount
    {
        get
        {
            lock (_gate)
            {
                return _watchers.Count;
            }
        }
    }

    /// <summary>Changes the state of all instances of a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="stateFactory">Makes the new state of the old one. It must be quick and must not wait for another publisher.</param>
    public async Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        foreach (var id in resource.GetInstanceIds())
        {
            await PublishUpdateAsync(resource, id, stateFactory);
        }
    }

    /// <summary>Changes the state of one instance. Nobody is told when the new state equals the old one.</summary>
    /// <exception cref="InvalidOperationException">The id belongs to another resource.</exception>
    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(resourceId);
        ArgumentNullException.ThrowIfNull(stateFactory);
        var entry = _entries.GetOrAdd(resourceId, static (_, r) => new Entry(r), resource);
        if (!ReferenceEquals(entry.Resource, resource))
        {
            throw new InvalidOperationException($"The id '{resourceId}' belongs to another resource ('{entry.Resource.Name}').");
        }

        lock (entry.Writing)
        {
            var previous = entry.Current;
            var next = WithCommands(resource, stateFactory(previous ?? Initial(resource)));
            if (previous is not null && previous.DescribesSameAs(next))
            {
                return Task.CompletedTask;
            }

            next = next with { Version = (previous?.Version ?? 0) + 1 };
            lock (_gate)
            {
                entry.Current = next;
                foreach (var watcher in _watchers)
                {
                    watcher.Writer.TryWrite(new ResourceEvent(resource, resourceId, next));
                }
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>The state of an instance, by its id, or by its resource's name where that has one instance only.</summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        ArgumentNullException.ThrowIfNull(resourceId);
        resourceEvent = null;
        if (_entries.TryGetValue(resourceId, out var entry) && entry.Current is { } current)
        {
            resourceEvent = new ResourceEvent(entry.Resource, resourceId, current);
            return true;
        }

        foreach (var (id, candidate) in _entries)
        {
            if (candidate.Current is { } snapshot && IsNamed(candidate.Resource, resourceId))
            {
                if (resourceEvent is not null)
                {
                    resourceEvent = null;
                    return false;
                }

                resourceEvent = new ResourceEvent(candidate.Resource, id, snapshot);
            }
        }

        return resourceEvent is not null;
    }

    /// <summary>The current state of every resource, then every change. Ends by cancellation only.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(_disposing.Token, cancellationToken);
        using var subscription = Subscribe();
        foreach (var current in subscription.Current)
        {
            yield return current;
        }

        await foreach (var change in subscription.Changes.ReadAllAsync(stopping.Token))
        {
            yield return change;
        }
    }

    /// <summary>The current states, and a queue of all changes after them.</summary>
    internal ResourceSubscription Subscribe()
    {
        var changes = Channel.CreateUnbounded<ResourceEvent>(new() { SingleReader = true });
        lock (_gate)
        {
            // One critical section for both, so that no change falls between the current states and the first notification.
            _watchers.Add(changes);
            return new ResourceSubscription(
                [.. _entries.Where(e => e.Value.Current is not null).Select(e => new ResourceEvent(e.Value.Resource, e.Key, e.Value.Current!))],
                changes.Reader,
                () =>
                {
                    lock (_gate)
                    {
                        _watchers.Remove(changes);
                    }
                });
        }
    }

    /// <summary>Waits until any instance of a resource is in a state, <c>Running</c> unless told otherwise.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [string.IsNullOrEmpty(targetState) ? KnownResourceStates.Running : targetState], cancellationToken);

    /// <summary>Waits until any instance of a resource is in one of the states, and tells which.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the message tells the state that was reached.</exception>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var wanted = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var reached = await WaitAsync(
            resourceName,
            change => change.Snapshot.State is { } state && wanted.Contains(state.Text),
            string.Join(" or ", wanted),
            cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    /// <summary>Waits until any instance of a resource satisfies the predicate.</summary>
    public Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default) =>
        WaitAsync(resourceName, predicate, "the asked-for condition", cancellationToken);

    /// <summary>Waits until a resource runs and its health checks agree; gives up when it ends.</summary>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, WaitBehavior.StopOnResourceUnavailable, cancellationToken);

    /// <summary>Waits until a resource runs and its health checks agree.</summary>
    /// <exception cref="DistributedApplicationException">It ended, failed to start or does not exist, and <paramref name="waitBehavior"/> says to stop then.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        if (waitBehavior == WaitBehavior.StopOnResourceUnavailable
            && services.GetService<DistributedApplicationModel>() is { } model
            && !model.Resources.Any(resource => IsNamed(resource, resourceName)))
        {
            throw new DistributedApplicationException(
                $"There is no resource '{resourceName}'. The application has: {string.Join(", ", model.Resources.Select(resource => resource.Name))}.");
        }

        var reached = await WaitAsync(
            resourceName,
            change => change.Snapshot.HealthStatus == HealthStatus.Healthy
                || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && IsUnavailable(change.Snapshot)),
            "Healthy",
            cancellationToken);
        return reached.Snapshot.HealthStatus == HealthStatus.Healthy
            ? reached
            : throw new DistributedApplicationException(
                $"Resource '{resourceName}' will not become healthy by itself: {ResourceStateDescription.Of(reached)}. Its console log says why.");
    }

    /// <summary>Ends every watch and every wait.</summary>
    public void Dispose()
    {
        // Not disposed on purpose: watchers may still be linking to it.
        _disposing.Cancel();
        GC.SuppressFinalize(this);
    }

    private static bool IsUnavailable(CustomResourceSnapshot snapshot) =>
        snapshot.State is { } state
        && (KnownResourceStates.TerminalStates.Contains(state.Text, StringComparer.OrdinalIgnoreCase)
            || string.Equals(state.Text, KnownResourceStates.RuntimeUnhealthy, StringComparison.OrdinalIgnoreCase));

    private static bool IsNamed(IResource resource, string name) => string.Equals(resource.Name, name, StringComparison.OrdinalIgnoreCase);

    private static CustomResourceSnapshot Initial(IResource resource) =>
        new() { ResourceType = resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal), Properties = [] };

    private CustomResourceSnapshot WithCommands(IResource resource, CustomResourceSnapshot snapshot)
    {
        var context = new UpdateCommandStateContext { ResourceSnapshot = snapshot, Services = services };
        return snapshot with
        {
            Commands =
            [
                .. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(c => new ResourceCommandSnapshot(
                    c.Name, c.UpdateState(context), c.DisplayName, c.DisplayDescription, c.Parameter, c.ConfirmationMessage, c.IconName, c.IconVariant, c.IsHighlighted)),
            ],
        };
    }

    private async Task<ResourceEvent> WaitAsync(string resourceName, Func<ResourceEvent, bool> predicate, string wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        ArgumentNullException.ThrowIfNull(predicate);
        try
        {
            await foreach (var change in WatchAsync(cancellationToken))
            {
                if (IsNamed(change.Resource, resourceName) && predicate(change))
                {
                    return change;
                }
            }
        }
        catch (OperationCanceledException e)
        {
            var reached = TryGetCurrentState(resourceName, out var current) ? ResourceStateDescription.Of(current) : "no single instance of it has reported a state";
            throw new OperationCanceledException($"Resource '{resourceName}' did not reach {wanted} in time: {reached}.", e, e.CancellationToken);
        }

        throw new OperationCanceledException("The watch ended.");
    }

    private sealed class Entry(IResource resource)
    {
        private volatile CustomResourceSnapshot? _current;

        public IResource Resource { get; } = resource;

        /// <summary>Held by the one publisher that is computing the next state.</summary>
        public Lock Writing { get; } = new();

        public CustomResourceSnapshot? Current
        {
            get => _current;
            set => _current = value;
        }
    }
}
