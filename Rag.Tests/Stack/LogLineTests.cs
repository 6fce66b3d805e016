using System.Text.Json.Nodes;
using Rag.Tests.Support;
using Xunit.Abstractions;

namespace Rag.Tests.Stack;

/// <summary>Log lines of the running stack, as they are in its files: who, what, and for whom.</summary>
[Collection(StackCollection.Name)]
public sealed class LogLineTests(StackFixture stack, ITestOutputHelper output)
{
    [Fact]
    [Trait("Seed", "L2")]
    [Trait("Seed", "L9")]
    public Task The_workers_lines_carry_the_request_that_the_job_came_from() => stack.RunAsync(output, async cancellationToken =>
    {
        const string requestId = "log-lines-1";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/documents")
        {
            Content = new StringContent("""{"documents":[{"id":"log-lines","title":"Lines","text":"A line says who, what and for whom."}]}""", null, "application/json"),
        };
        request.Headers.Add("X-Request-ID", requestId);
        request.Headers.Add("X-Session-ID", "session-7");
        using var response = await stack.Api.Http.SendAsync(request, cancellationToken);
        await stack.Api.WaitUntilReadyAsync("log-lines", cancellationToken);

        var ingested = await LineAsync("embedding-worker", line => Is(line, requestId, "business") && (string?)line["properties"]!["occurrence"] == "document_ingested");
        Assert.Equal(("process ingest", "worker", "log-lines"), ((string?)ingested["operation"], (string?)ingested["component"], (string?)ingested["properties"]!["subject"]));
        var accepted = await LineAsync("rag-api", line => Is(line, requestId, "business"));
        Assert.Equal(
            ("POST /documents", "http", "developer", "session-7", "documents_accepted"),
            ((string?)accepted["operation"], (string?)accepted["component"], (string?)accepted["user_id"], (string?)accepted["session_id"], (string?)accepted["properties"]!["occurrence"]));
        Assert.Equal((string?)accepted["trace_id"], (string?)ingested["trace_id"]);
        var completed = await LineAsync("rag-api", line => Is(line, requestId, "api"));
        Assert.Equal("request_completed", (string?)completed["event_name"]);
    });

    private static bool Is(JsonNode line, string requestId, string category) => (string?)line["request_id"] == requestId && (string?)line["category"] == category;

    private async Task<JsonNode> LineAsync(string service, Func<JsonNode, bool> fits) => await Eventually.GetAsync(
        () => Directory.EnumerateFiles(Path.Combine(stack.DataFolder, service, "logs"), "application-*.log", SearchOption.AllDirectories).SelectMany(Read).FirstOrDefault(fits),
        $"{service} has no such line.");

    private static IEnumerable<JsonNode> Read(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        // The last line may be under way.
        return [.. reader.ReadToEnd().Split('\n').SkipLast(1).Select(line => JsonNode.Parse(line)!)];
    }
}
