using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestrator;

/// <summary>
/// Brings the composed application to life: ports, then the orchestrator, then dashboard and resources side by side. Whatever stands in
/// the way before anything runs is an exception here; what befalls one resource later is that resource's state.
/// </summary>
internal sealed partial class ApplicationOrchestrator(
    DistributedApplicationModel model,
    DcpHost dcp,
    DashboardRun dashboard,
    PortAllocator ports,
    ProcessInstances processes,
    ResourceSnapshots snapshots,
    ResourceHealthMonitor health,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    TimeProvider time,
    ILogger<ApplicationOrchestrator> logger) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _background = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Asked first too: what runs before the start may fetch for minutes, or empty a folder.
        EndpointAllocation.EnsureFree(model, dashboard.Ports);
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken);
        EndpointAllocation.Allocate(model, ports, dashboard.Ports);
        processes.Create();
        foreach (var resource in model.Resources) await snapshots.PublishInitialAsync(resource, cancellationToken);

        await dcp.StartAsync(cancellationToken);
        foreach (var resource in model.Resources.Where(EndpointAllocation.IsShared)) await OpenSharedEndpointsAsync(resource, cancellationToken);
        StartInBackground();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync();
        await dcp.StopAsync(cancellationToken);
        await Task.WhenAll(_background).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A start that failed half-way, or a test that only disposes, must leave no process either.</summary>
    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(DisposeTimeout, time);
        await StopAsync(timeout.Token);
        _stopping.Dispose();
    }

    private void StartInBackground()
    {
        InBackground(processes.WatchAsync);
        foreach (var resource in model.Resources)
        {
            InBackground(stopping => health.RunAsync(resource, stopping));
            InBackground(stopping => BeginAsync(resource, stopping));
        }

        InBackground(dashboard.StartAsync);
    }

    private async Task OpenSharedEndpointsAsync(IResource resource, CancellationToken cancellationToken)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            await dcp.Client.CreateServiceAsync(
                EndpointAllocation.ServiceName(resource, endpoint), new ServiceSpec(endpoint.AllocatedEndpoint!.Port), cancellationToken);
        }
    }

    private async Task BeginAsync(IResource resource, CancellationToken stopping)
    {
        if (resource is IResourceWithEndpoints) await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), stopping);
        await eventing.PublishAsync(
            new InitializeResourceEvent(resource, eventing, loggers.GetLogger(resource), notifications, services), stopping);

        if (resource is ParameterResource parameter) await ShowValueAsync(parameter, stopping);
        else if (resource is IResourceWithParent child) await FollowParentAsync(child, stopping);
        else if (resource is ConnectionStringResource connectionString) await ShowConnectionStringAsync(connectionString, stopping);
        else if (!resource.HasAnnotationOfType<ExplicitStartupAnnotation>()) await StartProcessesAsync(resource, stopping);
    }

    private async Task StartProcessesAsync(IResource resource, CancellationToken stopping)
    {
        if (resource is IResourceWithConnectionString) await eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), stopping);
        await Task.WhenAll(processes.Of(resource).Select(p => p.StartAsync(waitForDependencies: true, stopping)));
    }

    private async Task ShowValueAsync(ParameterResource parameter, CancellationToken stopping)
    {
        ResourceStateSnapshot state;
        string? value = null;
        try
        {
            value = await parameter.GetValueAsync(stopping);
            state = new(KnownResourceStates.Running, KnownResourceStateStyles.Success);
        }
        catch (DistributedApplicationException e)
        {
            LogNoValue(loggers.GetLogger(parameter), e.Message);
            state = new(KnownResourceStates.ValueMissing, KnownResourceStateStyles.Error);
        }

        await notifications.PublishUpdateAsync(parameter, snapshot => snapshot with
        {
            State = state,
            Properties = [new(KnownProperties.Parameter.Value, value) { IsSensitive = parameter.Secret }],
        });
    }

    private async Task ShowConnectionStringAsync(ConnectionStringResource resource, CancellationToken stopping)
    {
        var value = await ((IResourceWithConnectionString)resource).GetConnectionStringAsync(stopping);
        await notifications.PublishUpdateAsync(resource, snapshot => snapshot with
        {
            State = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            Properties = [new(CustomResourceKnownProperties.ConnectionString, value) { IsSensitive = true }],
        });
        await eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), stopping);
    }

    /// <summary>What lives inside another resource runs exactly when that one runs; its health is its own.</summary>
    private async Task FollowParentAsync(IResourceWithParent child, CancellationToken stopping)
    {
        if (child is IResourceWithConnectionString) await eventing.PublishAsync(new ConnectionStringAvailableEvent(child, services), stopping);
        await foreach (var change in notifications.WatchAsync(stopping))
        {
            if (!ReferenceEquals(change.Resource, child.Parent)) continue;
            await notifications.PublishUpdateAsync(child, snapshot => snapshot with
            {
                State = change.Snapshot.State,
                StartTimeStamp = change.Snapshot.StartTimeStamp,
                StopTimeStamp = change.Snapshot.StopTimeStamp,
            });
        }
    }

    private void InBackground(Func<CancellationToken, Task> work) => _background.Add(Task.Run(() => GuardAsync(work)));

    private async Task GuardAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stopping.Token);
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // The application ends.
        }
        catch (Exception e)
        {
            LogFailed(logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Reason}")]
    private static partial void LogNoValue(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A part of the host failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
