using System.Net;
using System.Net.Http.Json;
using Xunit.Abstractions;
using Span = Rag.Tests.Stack.DashboardTelemetry.Span;

namespace Rag.Tests.Stack;

[Collection(StackCollection.Name)]
public sealed class TraceTests(StackFixture stack, ITestOutputHelper output)
{
    [Fact]
    public Task One_trace_shows_the_way_of_a_document_from_request_to_vector() => stack.RunAsync(output, async ct =>
    {
        var traceId = await PostAsync("/documents", new { documents = new[] { new { id = "traced", title = "Traced", text = "A heron waits beside the lock." } } }, ct);
        await stack.Api.WaitUntilReadyAsync("traced", ct);

        var spans = await stack.Telemetry.WaitForTraceAsync(traceId, s => Missing(s).Count == 0, ct);

        Assert.True(Missing(spans).Count == 0, $"Missing: {string.Join("; ", Missing(spans))}\nSpans:\n{string.Join('\n', spans)}");
        var request = spans.Single(s => s.Name == "POST /documents");
        Assert.Equal("202", request.Tags["http.response.status_code"]);
        Assert.Equal("/documents", request.Tags["http.route"]);
        Assert.Equal("POST", request.Tags["http.request.method"]);
        AssertOneTree(spans);
    });

    [Fact]
    public Task A_question_shows_retrieval_and_generation_in_one_trace() => stack.RunAsync(output, async ct =>
    {
        await stack.Api.IngestAsync("traced-question", "Ferry", "The ferry to Ven leaves at noon.", ct);
        var traceId = await PostAsync("/ask", new { question = "When does the ferry to Ven leave?" }, ct);

        string[] expected = ["POST /ask", "retrieval ", "embeddings ", "query ", "chat "];
        var spans = await stack.Telemetry.WaitForTraceAsync(traceId, s => expected.All(name => Has(s, name)), ct);

        Assert.All(expected, name => Assert.True(Has(spans, name), $"No span {name}…:\n{string.Join('\n', spans)}"));
        AssertOneTree(spans);
    });

    private static bool Has(IReadOnlyList<Span> spans, string prefix) => spans.Any(s => s.Name.StartsWith(prefix, StringComparison.Ordinal));

    private static List<string> Missing(IReadOnlyList<Span> spans)
    {
        (string What, Func<Span, bool> Is)[] expected =
        [
            ("the request in the API", s => s.Service == "rag-api" && s.Name == "POST /documents"),
            ("a PostgreSQL client span in the API", s => s.Service == "rag-api" && s.Tags.GetValueOrDefault("db.system.name") == "postgresql"),
            ("the job in the worker", s => s.Service == "embedding-worker" && s.Name.StartsWith("process ", StringComparison.Ordinal)),
            ("the embedding", s => s.Service == "embedding-worker" && s.Name.StartsWith("embeddings ", StringComparison.Ordinal)),
            ("the vector store client span", s => s.Service == "embedding-worker" && s.Tags.GetValueOrDefault("db.system.name") == "qdrant"),
            ("a PostgreSQL client span in the worker", s => s.Service == "embedding-worker" && s.Tags.GetValueOrDefault("db.system.name") == "postgresql"),
        ];
        return [.. expected.Where(e => !spans.Any(e.Is)).Select(e => e.What)];
    }

    /// <summary>Every span but the first hangs below another one of the same trace.</summary>
    private static void AssertOneTree(IReadOnlyList<Span> spans)
    {
        var ids = spans.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        var roots = spans.Where(s => s.ParentId is null || !ids.Contains(s.ParentId)).ToList();
        Assert.True(roots.Count == 1, $"{roots.Count} roots:\n{string.Join('\n', roots)}");
    }

    /// <summary>Posts, and answers the trace id: the request id of a request that brings none.</summary>
    private async Task<string> PostAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await stack.Api.Http.PostAsJsonAsync(path, body, cancellationToken);
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync(cancellationToken));
        return response.Headers.GetValues("X-Request-ID").Single();
    }
}
