using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rag.Tests.Unit.Hosting;

public sealed class DashboardMaskingTests
{
    [Theory]
    [InlineData("resource.connectionString", "anything")]
    [InlineData("Password", "x")]
    [InlineData("qdrant.api-key", "x")]
    [InlineData("ApiKey", "x")]
    [InlineData("browserToken", "x")]
    [InlineData("resource.source", "Host=localhost;Username=postgres;Password=hunter2")]
    [InlineData("executable.args", "--api-key=abc")]
    [InlineData("resource.source", "postgres://postgres:hunter2@localhost:5432/rag")]
    [InlineData("resource.source", "Endpoint=http://localhost:6333;Key=abc")]
    public void SecretProperty_IsMarked(string name, string value) => Assert.True(IsSensitive(new(name, value)));

    [Theory]
    [InlineData("executable.path", "/usr/bin/dotnet")]
    [InlineData("project.path", "/src/Keyboard/Keyboard.csproj")]
    [InlineData("resource.source", "http://localhost:5080/a:b@c")]
    [InlineData("keyboard", "us")]
    [InlineData("executable.args", "--data /tmp/data --port 5432")]
    public void PlainProperty_IsNot(string name, string value) => Assert.False(IsSensitive(new(name, value)));

    [Fact]
    public void SecretInAList_IsMarked() => Assert.True(IsSensitive(new("executable.args", new[] { "--port", "--password=hunter2" })));

    [Fact]
    public void ProducersWord_Counts() => Assert.True(IsSensitive(new("Value", "42") { IsSensitive = true }));

    [Fact]
    public void SecretsInTheCommandLine_AreHiddenInTheListToo()
    {
        string[] arguments = ["--port", "5432", "--api-key", "hunter2", "--password=hunter2", "--verbose", "--token", "--quiet"];
        var snapshot = new CustomResourceSnapshot { ResourceType = "Executable", Properties = [new("executable.args", arguments) { IsSensitive = true }] };

        var message = ResourceMessage.From(new ResourceEvent(new DashboardTestResource("postgres"), "postgres", snapshot));

        Assert.Equal(arguments, message.Properties.Single(p => p.Name == "resource.appArgs").Value.ListValue.Values.Select(v => v.StringValue));
        Assert.Equal([0, 0, 0, 1, 1, 0, 0, 0], message.Properties.Single(p => p.Name == "resource.appArgsSensitivity").Value.ListValue.Values.Select(v => v.NumberValue));
    }

    [Fact]
    public void ProducersJudgementOfTheCommandLine_IsKept()
    {
        var snapshot = new CustomResourceSnapshot
        {
            ResourceType = "Executable",
            Properties = [new("executable.args", new[] { "a" }), new("resource.appArgs", new[] { "a" }), new("resource.appArgsSensitivity", new[] { 1 })],
        };

        var message = ResourceMessage.From(new ResourceEvent(new DashboardTestResource("postgres"), "postgres", snapshot));

        Assert.Equal(1, Assert.Single(message.Properties, p => p.Name == "resource.appArgsSensitivity").Value.ListValue.Values.Single().NumberValue);
    }

    [Fact]
    public void Message_HoldsWhatTheDashboardNeeds()
    {
        var started = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        var snapshot = new CustomResourceSnapshot
        {
            ResourceType = "Project",
            State = new("Running", "success"),
            StartTimeStamp = started,
            Properties = [new("executable.pid", 42), new("resource.appArgs", new[] { "a", "b" }), new("nothing", null)],
            EnvironmentVariables = [new("A", "1", true), new("B", null, false)],
            Urls = [new("http", "http://localhost:5080", false), new(null, "http://localhost:5080/x", true) { DisplayProperties = new("X", 7), IsInactive = true }],
            HealthReports = [new("a", HealthStatus.Degraded, "slow", null), new("b", null, null, "boom")],
            Relationships = [new("postgres", "WaitFor")],
        };

        var message = ResourceMessage.From(new ResourceEvent(new DashboardTestResource("worker", "worker-1"), "worker-1", snapshot));

        Assert.Equal(("worker-1", "worker", "Running", "success"), (message.Name, message.DisplayName, message.State, message.StateStyle));
        Assert.Equal((started, null), (message.StartedAt.ToDateTime(), message.StoppedAt));
        Assert.Equal(["A=1 True", "B= False"], message.Environment.Select(v => $"{v.Name}={v.Value} {v.IsFromSpec}"));
        Assert.All(message.Urls, url => Assert.NotNull(url.DisplayProperties));
        Assert.Equal(("X", 7, true, true), (message.Urls[1].DisplayProperties.DisplayName, message.Urls[1].DisplayProperties.SortOrder, message.Urls[1].IsInternal, message.Urls[1].IsInactive));
        Assert.Equal([true, false], message.HealthReports.Select(r => r.HasStatus));
        Assert.Equal("Unhealthy", message.Properties.Single(p => p.Name == "resource.healthState").Value.StringValue);
        Assert.Equal(42, message.Properties.Single(p => p.Name == "executable.pid").Value.NumberValue);
        Assert.Equal(["a", "b"], message.Properties.Single(p => p.Name == "resource.appArgs").Value.ListValue.Values.Select(v => v.StringValue));
        Assert.Equal("postgres", Assert.Single(message.Relationships).ResourceName);
    }

    private static bool IsSensitive(ResourcePropertySnapshot property)
    {
        var snapshot = DashboardTestResource.Snapshot("Running") with { Properties = [property] };
        return ResourceMessage.From(new ResourceEvent(new DashboardTestResource("rag-api"), "rag-api", snapshot)).Properties.Single(p => p.Name == property.Name).IsSensitive;
    }
}
