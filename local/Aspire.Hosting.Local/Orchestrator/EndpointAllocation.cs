using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestrator;

/// <summary>Gives every endpoint its port, after making sure that the fixed ones are free.</summary>
internal static class EndpointAllocation
{
    /// <exception cref="DistributedApplicationException">A fixed port is taken, or wanted twice; the message names every one.</exception>
    public static void EnsureFree(DistributedApplicationModel model, IEnumerable<(string Owner, int Port)> alsoNeeded) => ThrowIfTaken(Wanted(model, alsoNeeded));

    /// <param name="model">The application.</param>
    /// <param name="ports">Finds free ports.</param>
    /// <param name="alsoNeeded">Fixed ports outside the model, with the name of whoever needs them.</param>
    /// <exception cref="DistributedApplicationException">A fixed port is taken, or wanted twice; the message names every one.</exception>
    public static void Allocate(DistributedApplicationModel model, PortAllocator ports, IEnumerable<(string Owner, int Port)> alsoNeeded)
    {
        var wanted = Wanted(model, alsoNeeded);
        ThrowIfTaken(wanted);
        foreach (var (_, port) in wanted) ports.Reserve(port);

        foreach (var (resource, endpoint) in OpenEndpoints(model))
        {
            var port = FixedPort(resource, endpoint) ?? ports.NextFree();
            endpoint.AllocatedEndpoint = IsShared(resource)
                ? new AllocatedEndpoint(endpoint, endpoint.TargetHost, port, $$$"""{{- portForServing "{{{ServiceName(resource, endpoint)}}}" -}}""")
                : new AllocatedEndpoint(endpoint, endpoint.TargetHost, port);
        }
    }

    /// <summary>True = several processes serve the resource's endpoints, so that the orchestrator has to stand before them.</summary>
    public static bool IsShared(IResource resource) => resource.GetReplicaCount() > 1;

    /// <summary>Name of the orchestrator's object for a shared endpoint.</summary>
    public static string ServiceName(IResource resource, EndpointAnnotation endpoint) => $"{resource.Name}-{endpoint.Name}";

    private static List<(IResource Resource, EndpointAnnotation Endpoint)> OpenEndpoints(DistributedApplicationModel model) =>
    [
        .. model.Resources
            .SelectMany(r => r.Annotations.OfType<EndpointAnnotation>().Select(e => (r, e)))
            .Where(e => e.e.AllocatedEndpoint is null),
    ];

    private static List<(string Owner, int Port)> Wanted(DistributedApplicationModel model, IEnumerable<(string Owner, int Port)> alsoNeeded) =>
    [
        .. OpenEndpoints(model)
            .Where(e => FixedPort(e.Resource, e.Endpoint) is not null)
            .Select(e => (Owner: $"{e.Resource.Name} ({e.Endpoint.Name})", Port: FixedPort(e.Resource, e.Endpoint)!.Value)),
        .. alsoNeeded,
    ];

    private static int? FixedPort(IResource resource, EndpointAnnotation endpoint) => IsShared(resource) ? endpoint.Port : endpoint.Port ?? endpoint.TargetPort;

    private static void ThrowIfTaken(List<(string Owner, int Port)> wanted)
    {
        var message = new StringBuilder();
        foreach (var byPort in wanted.GroupBy(w => w.Port))
        {
            var owners = string.Join(" and ", byPort.Select(w => w.Owner));
            if (byPort.Count() > 1) message.Append(CultureOf($" Port {byPort.Key} is wanted by {owners}."));
            else if (!PortAllocator.IsFree(byPort.Key)) message.Append(CultureOf($" Port {byPort.Key}, wanted by {owners}, is taken by another process."));
        }

        if (message.Length > 0)
            throw new DistributedApplicationException($"Nothing was started.{message} Free the port, or give the application another one.");
    }

    private static string CultureOf(FormattableString text) => FormattableString.Invariant(text);
}
