using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.Orchestrator;

/// <summary>Describes resources for the dashboard and for whoever waits for them.</summary>
internal sealed class ResourceSnapshots(ResourceNotificationService notifications, DistributedApplicationExecutionContext executionContext, TimeProvider time)
{
    /// <summary>The first state of a resource, before anything is started.</summary>
    public async Task PublishInitialAsync(IResource resource, CancellationToken cancellationToken)
    {
        var urls = await UrlsAsync(resource, cancellationToken);
        var relationships = resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => new RelationshipSnapshot(r.Resource.Name, r.Type));
        if (resource is IResourceWithParent child) relationships = relationships.Append(new RelationshipSnapshot(child.Parent.Name, KnownRelationshipTypes.Parent));
        var (type, properties) = Describe(resource);
        await notifications.PublishUpdateAsync(resource, snapshot => snapshot with
        {
            ResourceType = type,
            Properties = properties,
            CreationTimeStamp = time.GetUtcNow().UtcDateTime,
            State = KnownResourceStates.NotStarted,
            Urls = [.. urls],
            Relationships = [.. relationships.Distinct()],
            HealthReports = [.. resource.Annotations.OfType<HealthCheckAnnotation>()
                .Select(h => new HealthReportSnapshot(h.Key, Status: null, Description: null, ExceptionText: null))],
        });
    }

    public Task PublishStateAsync(IResource resource, string instanceName, ResourceStateSnapshot state) =>
        notifications.PublishUpdateAsync(resource, instanceName, snapshot => snapshot with { State = state });

    /// <summary>A start begins: what the last run left behind is forgotten.</summary>
    public Task PublishStartingAsync(IResource resource, string instanceName, ResourceStateSnapshot state) =>
        notifications.PublishUpdateAsync(resource, instanceName, snapshot => snapshot with
        {
            State = state,
            StartTimeStamp = null,
            StopTimeStamp = null,
            ExitCode = null,
        });

    /// <summary>What is about to be started.</summary>
    public Task PublishSpecAsync(IResource resource, string instanceName, ExecutableSpec spec) =>
        notifications.PublishUpdateAsync(resource, instanceName, snapshot => snapshot with
        {
            State = KnownResourceStates.Starting,
            EnvironmentVariables = [.. spec.Env.OrderBy(e => e.Name, StringComparer.Ordinal).Select(e => new EnvironmentVariableSnapshot(e.Name, e.Value, IsFromSpec: true))],
            Properties = With(
                snapshot.Properties,
                new(KnownProperties.Executable.Path, spec.ExecutablePath),
                new(KnownProperties.Executable.WorkDir, spec.WorkingDirectory),
                new(KnownProperties.Executable.Args, spec.Args) { IsSensitive = true }),
        });

    /// <summary>What the orchestrator says about the process.</summary>
    public Task PublishStatusAsync(IResource resource, string instanceName, ExecutableStatus status)
    {
        var state = StateOf(status);
        return notifications.PublishUpdateAsync(resource, instanceName, snapshot => snapshot with
        {
            State = state,
            StartTimeStamp = status.StartupTimestamp ?? snapshot.StartTimeStamp,
            StopTimeStamp = status.FinishTimestamp,
            ExitCode = IsTerminal(state) ? status.ExitCode : null,
            Urls = [.. snapshot.Urls.Select(u => u with { IsInactive = state.Text != KnownResourceStates.Running })],
            Properties = status.Pid is > 0 and { } pid ? With(snapshot.Properties, new ResourcePropertySnapshot(KnownProperties.Executable.Pid, pid)) : snapshot.Properties,
        });
    }

    public static bool IsTerminal(ResourceStateSnapshot? state) => state is not null && KnownResourceStates.TerminalStates.Contains(state.Text, StringComparer.Ordinal);

    private static ResourceStateSnapshot StateOf(ExecutableStatus status) => status.State switch
    {
        // Without a style the dashboard colours it by health; a green one would hide that a resource is unhealthy.
        "Running" => new(KnownResourceStates.Running, Style: null),
        "Terminated" => new(KnownResourceStates.Exited, KnownResourceStateStyles.Info),
        "Finished" => new(KnownResourceStates.Finished, status.ExitCode is 0 or null ? KnownResourceStateStyles.Info : KnownResourceStateStyles.Error),
        "FailedToStart" => new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error),
        "Stopping" => new(KnownResourceStates.Stopping, KnownResourceStateStyles.Info),
        "Unknown" => new(KnownResourceStates.RuntimeUnhealthy, KnownResourceStateStyles.Warn),
        _ => new(KnownResourceStates.Starting, KnownResourceStateStyles.Info),
    };

    private static ImmutableArray<ResourcePropertySnapshot> With(ImmutableArray<ResourcePropertySnapshot> properties, params ReadOnlySpan<ResourcePropertySnapshot> changes)
    {
        var result = properties.ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (var change in changes) result[change.Name] = change;
        return [.. result.Values];
    }

    private static (string Type, ImmutableArray<ResourcePropertySnapshot> Properties) Describe(IResource resource) => resource switch
    {
        ProjectResource => (KnownResourceTypes.Project, [new(KnownProperties.Project.Path, resource.Annotations.OfType<IProjectMetadata>().Last().ProjectPath)]),
        ExecutableResource executable => (KnownResourceTypes.Executable, [new(CustomResourceKnownProperties.Source, executable.Command)]),
        ParameterResource => (KnownResourceTypes.Parameter, []),
        ConnectionStringResource => (KnownResourceTypes.ConnectionString, []),
        _ => (resource.GetType().Name.Replace("Resource", string.Empty, StringComparison.Ordinal), []),
    };

    private async Task<IEnumerable<UrlSnapshot>> UrlsAsync(IResource resource, CancellationToken cancellationToken)
    {
        List<ResourceUrlAnnotation> urls = [];
        if (resource is IResourceWithEndpoints owner)
            urls.AddRange(owner.GetEndpoints().Select(e => new ResourceUrlAnnotation { Url = e.Url, Endpoint = e }));
        urls.AddRange(resource.Annotations.OfType<ResourceUrlAnnotation>());

        var context = new ResourceUrlsCallbackContext(executionContext, resource, urls, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>().ToArray()) await annotation.Callback(context);

        return urls.Where(u => !string.IsNullOrEmpty(u.Url)).Select((url, index) => new UrlSnapshot(
            url.Endpoint?.EndpointName, url.Url, url.DisplayLocation == UrlDisplayLocation.DetailsOnly)
        {
            DisplayProperties = new UrlDisplayPropertiesSnapshot(url.DisplayText ?? string.Empty, -index),
            IsInactive = true,
        });
    }
}
