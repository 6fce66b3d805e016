using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestrator;

/// <summary>One process of a resource: starts and stops it through the orchestrator, and passes on what the orchestrator says about it.</summary>
internal sealed partial class ProcessInstance(
    IResource resource,
    string name,
    DcpHost dcp,
    DependencyWaiter dependencies,
    ExecutionConfiguration configuration,
    ResourceSnapshots snapshots,
    ResourceNotificationService notifications,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    TimeProvider time,
    ILogger console) : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Lock _gate = new();
    private CancellationTokenSource? _starting;
    private TaskCompletionSource _startNow = new();
    private readonly HashSet<string> _retired = new(StringComparer.Ordinal);
    private string? _uid;
    private volatile bool _isStopping;

    public IResource Resource => resource;

    public string Name => name;

    /// <summary>Starts the process. What goes wrong becomes the state FailedToStart, with the reason in the console log.</summary>
    /// <param name="waitForDependencies">False = start now; a start that is still waiting goes on at once.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task StartAsync(bool waitForDependencies, CancellationToken cancellationToken)
    {
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_gate)
        {
            if (_starting is not null)
            {
                if (!waitForDependencies) _startNow.TrySetResult();
                return;
            }

            _starting = starting;
            _startNow = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        try
        {
            await StartCoreAsync(waitForDependencies, starting.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await snapshots.PublishStateAsync(resource, name, new(KnownResourceStates.Exited, KnownResourceStateStyles.Info));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (e is DistributedApplicationException) LogFailed(console, e.Message);
            else LogFailedUnexpectedly(console, e, name);
            await snapshots.PublishStateAsync(resource, name, new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error));
        }
        finally
        {
            lock (_gate) _starting = null;
        }
    }

    /// <summary>Ends the process, or the wait for its start; returns when it is over.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate) _starting?.Cancel();
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (_uid is null || IsOver(out _)) return;
            _isStopping = true;
            await snapshots.PublishStateAsync(resource, name, new(KnownResourceStates.Stopping, KnownResourceStateStyles.Info));
            await dcp.Client.StopExecutableAsync(name, cancellationToken);
        }
        finally
        {
            _changing.Release();
        }

        await notifications.WaitForResourceAsync(
            resource.Name, e => e.ResourceId == name && ResourceSnapshots.IsTerminal(e.Snapshot.State), cancellationToken);
    }

    /// <summary>The orchestrator tells something about the object of this instance.</summary>
    public async Task ObserveAsync(string type, DcpObject<ExecutableSpec, ExecutableStatus> executable)
    {
        // The object that a restart replaced still says farewell.
        if (type == "DELETED" || IsRetired(executable.Metadata.Uid)) return;

        // News that were under way when the stop was asked for must not look like a new start.
        var status = executable.Status ?? new ExecutableStatus();
        if (_isStopping && status.State is "Running" or "Starting") return;
        var wasOver = IsOver(out _);
        await snapshots.PublishStatusAsync(resource, name, status);
        if (!wasOver && IsOver(out var current)) await PublishStoppedAsync(current);
    }

    public void Dispose() => _changing.Dispose();

    private async Task StartCoreAsync(bool waitForDependencies, CancellationToken cancellationToken)
    {
        if (waitForDependencies && resource.HasAnnotationOfType<WaitAnnotation>())
        {
            await snapshots.PublishStartingAsync(resource, name, new(KnownResourceStates.Waiting, KnownResourceStateStyles.Info));
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var first = await Task.WhenAny(dependencies.WaitAsync(resource, name, waiting.Token), _startNow.Task);
            await waiting.CancelAsync();
            await first;
        }

        await _changing.WaitAsync(cancellationToken);
        try
        {
            await snapshots.PublishStartingAsync(resource, name, new(KnownResourceStates.Starting, KnownResourceStateStyles.Info));
            await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), cancellationToken);
            var spec = await configuration.ResolveAsync(resource, name, cancellationToken);
            await snapshots.PublishSpecAsync(resource, name, spec);

            if (_uid is not null)
            {
                lock (_gate) _retired.Add(_uid);
                await dcp.Client.DeleteExecutableAsync(name, time, cancellationToken);
            }

            _isStopping = false;
            _uid = await dcp.Client.CreateExecutableAsync(name, spec, Annotations(), cancellationToken);
        }
        finally
        {
            _changing.Release();
        }
    }

    private bool IsOver([NotNullWhen(true)] out ResourceEvent? current) =>
        notifications.TryGetCurrentState(name, out current) && ResourceSnapshots.IsTerminal(current.Snapshot.State);

    private async Task PublishStoppedAsync(ResourceEvent current)
    {
        try
        {
            await eventing.PublishAsync(new ResourceStoppedEvent(resource, services, current));
        }
        catch (Exception e)
        {
            // A follower's mistake must not end the stream of news about all the others.
            LogStoppedFailed(console, e);
        }
    }

    private bool IsRetired(string? uid)
    {
        lock (_gate) return uid is null || _retired.Contains(uid);
    }

    private Dictionary<string, string>? Annotations()
    {
        if (!EndpointAllocation.IsShared(resource)) return null;
        var served = resource.Annotations.OfType<EndpointAnnotation>()
            .Select(e => new { serviceName = EndpointAllocation.ServiceName(resource, e), address = e.TargetHost });
        return new() { ["service-producer"] = System.Text.Json.JsonSerializer.Serialize(served) };
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Not started: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "What had to be done when the resource ended failed.")]
    private static partial void LogStoppedFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "'{Instance}' was not started.")]
    private static partial void LogFailedUnexpectedly(ILogger logger, Exception exception, string instance);
}
