using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestrator;
using Aspire.Hosting.Testing;

namespace Rag.Tests.Unit.Hosting;

/// <summary>The real AppHost, composed inside the test but not started.</summary>
public sealed class AppHostCompositionTests
{
    [Fact]
    public async Task Composes_the_whole_stack_in_the_order_of_its_dependencies()
    {
        using var temporary = new TemporaryFolder();
        await using var application = await ComposeAsync(temporary);

        var names = application.Resources.Where(r => r is not ParameterResource).Select(r => r.Name);

        Assert.Equal(["postgres", "rag", "qdrant", "rag-api", "embedding-worker", "rag-monitor"], names);
    }

    [Fact]
    public async Task The_monitor_waits_for_nobody_and_everybody_else_waits_for_the_database()
    {
        using var temporary = new TemporaryFolder();
        await using var application = await ComposeAsync(temporary);

        string[] WaitsOf(string name) =>
            [.. application.Resources.Single(r => r.Name == name).Annotations.OfType<WaitAnnotation>().Select(w => $"{w.WaitType} {w.Resource.Name}")];

        Assert.Empty(WaitsOf("rag-monitor"));
        Assert.Equal(["WaitUntilHealthy rag", "WaitUntilStarted qdrant"], WaitsOf("rag-api"));
        Assert.Equal(["WaitUntilHealthy rag", "WaitUntilStarted qdrant"], WaitsOf("embedding-worker"));
    }

    [Fact]
    public async Task The_services_get_what_their_contract_names()
    {
        using var temporary = new TemporaryFolder();
        await using var application = await ComposeAsync(temporary, "--Parameters:postgres-password=p", "--Parameters:qdrant-key=k");
        EndpointAllocation.Allocate(new DistributedApplicationModel(application.Resources), new PortAllocator(), []);

        var api = await EnvironmentOf(application, "rag-api");
        var monitor = await EnvironmentOf(application, "rag-monitor");
        var qdrant = await EnvironmentOf(application, "qdrant");

        var vectors = ((IResourceWithEndpoints)application.Resources.Single(r => r.Name == "qdrant")).GetEndpoint("http").Url;
        Assert.Matches("^Host=127\\.0\\.0\\.1;Port=\\d+;Username=postgres;Password=p;Database=rag$", api["ConnectionStrings__rag"]);
        Assert.Equal($"Endpoint={vectors};Key=k", api["ConnectionStrings__qdrant_http"]);
        Assert.EndsWith(Path.Combine("model-embeddings-en", "dist"), api["Embeddings__ModelPath"], StringComparison.Ordinal);
        Assert.Equal("Development", api["ASPNETCORE_ENVIRONMENT"]);
        Assert.Equal(vectors, monitor["services__qdrant__http__0"]);
        Assert.Contains("services__rag-api__http__0", monitor.Keys);
        Assert.Contains("services__embedding-worker__http__0", monitor.Keys);
        Assert.Equal(Path.Combine(temporary["data"], "qdrant"), qdrant["Storage__Path"]);
    }

    [Fact]
    public async Task A_refused_command_line_is_an_error_of_the_test()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["--bogus"]));

        Assert.Contains("exit code 2", refused.Message, StringComparison.Ordinal);
    }

    private static Task<IDistributedApplicationTestingBuilder> ComposeAsync(TemporaryFolder temporary, params string[] more) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--data", temporary["data"], "--api-port", "0", "--monitor-port", "0", "--dashboard-port", "0", .. more]);

    private static async Task<Dictionary<string, string>> EnvironmentOf(IDistributedApplicationTestingBuilder application, string name)
    {
        var spec = await new ExecutionConfiguration(application.ExecutionContext)
            .ResolveAsync(application.Resources.Single(r => r.Name == name), name + "-abcdefgh", CancellationToken.None);
        return spec.Env.ToDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal);
    }
}
