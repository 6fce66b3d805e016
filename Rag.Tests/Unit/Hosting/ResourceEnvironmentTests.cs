using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestrator;

namespace Rag.Tests.Unit.Hosting;

/// <summary>From the application model to the environment of a process, as official Aspire injects it.</summary>
public sealed class ResourceEnvironmentTests
{
    private readonly DistributedApplicationBuilder _builder = new([]);

    [Fact]
    public async Task A_referenced_service_is_found_by_its_name()
    {
        var shop = _builder.AddProject<EndpointAllocationTests.TestProject>("web-shop").WithHttpEndpoint();
        var caller = Process("caller").WithReference(shop);

        var environment = await EnvironmentOf(caller);

        Assert.Equal(shop.GetEndpoint("http").Url, environment["services__web-shop__http__0"]);
        Assert.Equal(shop.GetEndpoint("http").Url, environment["WEB_SHOP_HTTP"]);
    }

    [Fact]
    public async Task A_service_referenced_twice_is_found_once()
    {
        var shop = _builder.AddProject<EndpointAllocationTests.TestProject>("shop").WithHttpEndpoint();
        var caller = Process("caller").WithReference(shop).WithReference(shop.GetEndpoint("http"));

        var environment = await EnvironmentOf(caller);

        Assert.DoesNotContain("services__shop__http__1", environment.Keys);
    }

    [Fact]
    public async Task Several_endpoints_are_told_apart_by_name()
    {
        var shop = _builder.AddProject<EndpointAllocationTests.TestProject>("shop").WithHttpEndpoint().WithHttpEndpoint(name: "admin-page");
        var caller = Process("caller").WithReference(shop);

        var environment = await EnvironmentOf(caller);

        Assert.Equal(shop.GetEndpoint("admin-page").Url, environment["services__shop__admin-page__0"]);
        Assert.Equal(shop.GetEndpoint("admin-page").Url, environment["SHOP_ADMIN_PAGE"]);
    }

    [Fact]
    public async Task A_connection_string_is_put_together_when_the_ports_are_known()
    {
        var server = Process("db").WithEndpoint(name: "tcp", scheme: "tcp");
        var password = _builder.AddParameter("db-password", () => "a;{0}", secret: true);
        var connection = _builder.AddConnectionString(
            "orders", ReferenceExpression.Create($"Host={server.GetEndpoint("tcp").Property(EndpointProperty.Host)};Port={server.GetEndpoint("tcp").Property(EndpointProperty.Port)};Password={password}"));
        var caller = Process("caller").WithReference(connection).WithReference(connection, "renamed");

        var environment = await EnvironmentOf(caller);

        var expected = $"Host=localhost;Port={server.GetEndpoint("tcp").Port};Password=a;{{0}}";
        Assert.Equal(expected, environment["ConnectionStrings__orders"]);
        Assert.Equal(expected, environment["ConnectionStrings__renamed"]);
    }

    [Fact]
    public async Task A_missing_connection_string_is_an_error_unless_it_is_optional()
    {
        var empty = _builder.AddConnectionString("empty", ReferenceExpression.Empty);
        var optional = Process("optional").WithReference(empty, optional: true);
        var required = Process("required").WithReference(empty);

        Assert.DoesNotContain("ConnectionStrings__empty", (await EnvironmentOf(optional)).Keys);
        await Assert.ThrowsAsync<DistributedApplicationException>(() => EnvironmentOf(required));
    }

    [Fact]
    public async Task A_parameter_comes_from_the_configuration_before_its_default()
    {
        _builder.Configuration["Parameters:given-key"] = "from outside";
        var given = _builder.AddParameter("given-key", () => "default");
        var missing = _builder.AddParameter("missing-key");
        var caller = Process("caller").WithEnvironment("KEY", given);
        var failing = Process("failing").WithEnvironment("KEY", missing);

        Assert.Equal("from outside", (await EnvironmentOf(caller))["KEY"]);
        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => EnvironmentOf(failing));
        Assert.Contains("Parameters__missing_key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Later_words_win_and_arguments_keep_their_order()
    {
        var server = Process("server").WithHttpEndpoint(env: "PORT").WithArgs("-c").WithArgs("x=1", "y").WithEnvironment("A", "1").WithEnvironment("A", "2");
        server.WithArgs(ReferenceExpression.Create($"port={server.GetEndpoint("http").Property(EndpointProperty.TargetPort)}"));

        var spec = await SpecOf(server);

        var port = server.GetEndpoint("http").Port;
        Assert.Equal(["-c", "x=1", "y", $"port={port}"], spec.Args);
        Assert.Equal($"{port}", spec.Env.Single(e => e.Name == "PORT").Value);
        Assert.Equal("2", spec.Env.Single(e => e.Name == "A").Value);
    }

    [Fact]
    public async Task Telemetry_is_tied_to_the_very_instance()
    {
        _builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:4317";
        _builder.Configuration["AppHost:OtlpApiKey"] = "k";
        var service = Process("service").WithOtlpExporter();

        var environment = await EnvironmentOf(service);

        Assert.Equal("http://localhost:4317", environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("grpc", environment["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Equal("x-otlp-api-key=k", environment["OTEL_EXPORTER_OTLP_HEADERS"]);
        Assert.Equal("service", environment["OTEL_SERVICE_NAME"]);
        Assert.Equal("service.instance.id=abcdefgh", environment["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal("1000", environment["OTEL_BSP_SCHEDULE_DELAY"]);
    }

    [Fact]
    public void A_health_check_needs_an_endpoint_to_ask() =>
        Assert.Throws<DistributedApplicationException>(() => Process("silent").WithHttpHealthCheck("/health"));

    [Theory]
    [InlineData("two words")]
    [InlineData("under_score")]
    [InlineData("9lives")]
    [InlineData("a--b")]
    [InlineData("end-")]
    public void A_name_that_official_Aspire_refuses_is_refused(string name) =>
        Assert.Throws<DistributedApplicationException>(() => Process(name));

    [Fact]
    public void A_name_is_given_once()
    {
        Process("twin");

        Assert.Throws<DistributedApplicationException>(() => Process("Twin"));
    }

    private IResourceBuilder<ExecutableResource> Process(string name) => _builder.AddExecutable(name, "sleep", ".");

    private async Task<Dictionary<string, string>> EnvironmentOf(IResourceBuilder<ExecutableResource> resource) =>
        (await SpecOf(resource)).Env.ToDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal);

    private Task<Aspire.Hosting.Dcp.ExecutableSpec> SpecOf(IResourceBuilder<ExecutableResource> resource)
    {
        EndpointAllocation.Allocate(new DistributedApplicationModel(_builder.Resources), new PortAllocator(), []);
        return new ExecutionConfiguration(_builder.ExecutionContext).ResolveAsync(resource.Resource, resource.Resource.Name + "-abcdefgh", CancellationToken.None);
    }
}
