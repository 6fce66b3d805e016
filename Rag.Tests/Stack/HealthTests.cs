using System.Text.Json.Nodes;
using Aspire.Hosting.Testing;
using Xunit.Abstractions;

namespace Rag.Tests.Stack;

[Collection(StackCollection.Name)]
public sealed class HealthTests(StackFixture stack, ITestOutputHelper output)
{
    [Theory]
    [InlineData("rag-api", "/health")]
    [InlineData("rag-api", "/alive")]
    [InlineData("rag-api", "/ready")]
    [InlineData("embedding-worker", "/health")]
    [InlineData("embedding-worker", "/alive")]
    public Task A_service_says_that_it_is_healthy(string resource, string path) => stack.RunAsync(output, async ct =>
    {
        using var http = stack.App.CreateHttpClient(resource);
        var report = JsonNode.Parse(await http.GetStringAsync(path, ct))!;

        Assert.Equal("healthy", (string?)report["status"]);
        Assert.NotEmpty(report["checks"]!.AsObject());
        Assert.All(report["checks"]!.AsObject(), check =>
        {
            Assert.Equal("healthy", (string?)check.Value!["status"]);
            Assert.True((double)check.Value["duration_ms"]! >= 0);
        });
    });

    [Fact]
    public Task The_monitor_shows_the_health_of_the_others() => stack.RunAsync(output, async ct =>
    {
        var report = JsonNode.Parse(await stack.Monitor.GetStringAsync("/health", ct))!;

        foreach (var service in (string[])["rag-api", "embedding-worker", "qdrant"])
            Assert.Equal("healthy", (string?)report["checks"]![service]!["status"]);
        Assert.Contains("postgres healthy", (string?)report["checks"]!["rag-api"]!["description"], StringComparison.Ordinal);
    });
}
