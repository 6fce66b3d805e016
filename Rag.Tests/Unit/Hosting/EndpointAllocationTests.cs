using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestrator;

namespace Rag.Tests.Unit.Hosting;

public sealed class EndpointAllocationTests
{
    [Fact]
    public void A_taken_port_is_named_with_the_resource_that_wants_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var builder = new DistributedApplicationBuilder([]);
        builder.AddExecutable("shop", "sleep", ".").WithHttpEndpoint(port);

        var refused = Assert.Throws<DistributedApplicationException>(() => Allocate(builder));

        Assert.Contains($"Port {port}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("shop (http)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_two_want_is_named_with_both()
    {
        var port = new PortAllocator().NextFree();
        var builder = new DistributedApplicationBuilder([]);
        builder.AddExecutable("shop", "sleep", ".").WithHttpEndpoint(port);

        var refused = Assert.Throws<DistributedApplicationException>(() => Allocate(builder, ("the dashboard", port)));

        Assert.Contains("shop (http) and the dashboard", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_other_endpoint_gets_a_port_of_its_own()
    {
        var builder = new DistributedApplicationBuilder([]);
        for (var i = 0; i < 50; i++) builder.AddExecutable($"service{i}", "sleep", ".").WithHttpEndpoint();

        Allocate(builder);

        var ports = builder.Resources.OfType<IResourceWithEndpoints>().Select(r => r.GetEndpoint("http").Port).ToList();
        Assert.Equal(50, ports.Distinct().Count());
    }

    [Fact]
    public void Replicas_share_an_address_and_leave_their_own_ports_to_the_orchestrator()
    {
        var builder = new DistributedApplicationBuilder([]);
        var service = builder.AddProject<TestProject>("worker").WithHttpEndpoint().WithReplicas(3);

        Allocate(builder);

        var address = service.GetEndpoint("http").EndpointAnnotation.AllocatedEndpoint!;
        Assert.Equal("""{{- portForServing "worker-http" -}}""", address.TargetPortExpression);
        Assert.Equal($"http://localhost:{address.Port}", address.UriString);
    }

    private static void Allocate(DistributedApplicationBuilder builder, params (string, int)[] others) =>
        EndpointAllocation.Allocate(new DistributedApplicationModel(builder.Resources), new PortAllocator(), others);

    internal sealed class TestProject : IProjectMetadata
    {
        public string ProjectPath => "/nowhere/Test.csproj";
    }
}
