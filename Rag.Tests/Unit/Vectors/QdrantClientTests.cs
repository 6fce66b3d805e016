using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rag.Core.Search;
using Rag.Core.Vectors;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Vectors;

public sealed class QdrantClientTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    [Theory]
    [InlineData(400, """{"status":{"error":"Wrong input: Vector dimension error: expected dim: 4, got 3"},"time":0.1}""", "expected dim: 4")]
    [InlineData(401, "Must provide an API key or an Authorization bearer token", "Must provide")]
    [InlineData(404, """{"status":{"error":"Not found: Collection `c` doesn't exist!"},"time":0}""", "doesn't exist")]
    [InlineData(503, "<html>gateway</html>", "gateway")]
    [InlineData(500, "", "500")]
    [InlineData(429, "\"text\"", "429")]
    public async Task An_error_names_operation_status_and_reason_and_shows_none_of_it_to_callers(int status, string body, string reason)
    {
        var client = Client(_ => new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) });

        var error = await Assert.ThrowsAsync<VectorDatabaseException>(() => client.QueryAsync("c", new float[4], 1, null, null, CancellationToken.None));

        Assert.Equal(("query", status), (error.Operation, error.Status));
        Assert.Contains(reason, error.InternalDetail, StringComparison.Ordinal);
        Assert.DoesNotContain(reason, error.PublicMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"result":null}""")]
    [InlineData("""{"result":{"points":[{"id":7,"score":1}]}}""")]
    public async Task An_answer_that_makes_no_sense_is_an_error_of_the_store(string body)
    {
        var client = Client(_ => Json(body));
        await Assert.ThrowsAsync<VectorDatabaseException>(() => client.QueryAsync("c", new float[4], 1, null, null, CancellationToken.None));
    }

    [Fact]
    public async Task A_broken_connection_is_an_error_of_the_store_and_the_callers_own_cancellation_is_not()
    {
        var broken = Client(_ => throw new HttpRequestException("refused"));
        Assert.Null((await Assert.ThrowsAsync<VectorDatabaseException>(() => broken.ExistsAsync("c", CancellationToken.None))).Status);

        using var stop = new CancellationTokenSource();
        var slow = new QdrantClient(new Clients(new StubHandler(async (_, token) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            throw new InvalidOperationException();
        })), new VectorTelemetry(_services.GetRequiredService<IMeterFactory>()));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow.ExistsAsync("c", stop.Token));
    }

    [Fact]
    public async Task Writes_points_as_Qdrant_reads_them()
    {
        var body = "";
        var client = Client(request =>
        {
            Assert.Equal("http://q/collections/a%2Fb/points?wait=true", request.RequestUri!.AbsoluteUri);
            body = request.Content!.ReadAsStringAsync().GetAwaiter().GetResult();
            return Json("""{"result":{"status":"completed"}}""");
        });
        var metadata = JsonNode.Parse("""{"n":5.0,"x":0.25,"big":1e30,"list":[1.0,null,"s"],"o":{"k":true}}""")!.AsObject();

        await client.UpsertAsync(
            "a/b",
            [new VectorPoint(Guid.Empty, new[] { 0.15f, -1f }, new VectorPayload("d", null, "faq", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)).AddTicks(12345678), metadata))],
            CancellationToken.None);

        Assert.Equal(
            """{"points":[{"id":"00000000-0000-0000-0000-000000000000","vector":[0.15,-1],"payload":{"document_id":"d","source_type":"faq","published_at":"2026-01-02T02:04:06.234567Z","metadata":{"n":5,"x":0.25,"big":1e30,"list":[1,null,"s"],"o":{"k":true}}}}]}""",
            body);
    }

    [Fact]
    public async Task Asks_with_the_filter_and_reads_what_comes()
    {
        JsonNode? asked = null;
        var id = Guid.NewGuid();
        var client = Client(request =>
        {
            asked = JsonNode.Parse(request.Content!.ReadAsStringAsync().GetAwaiter().GetResult());
            return Json($$"""{"result":{"points":[{"id":"{{id}}","version":3,"score":0.5,"payload":{"document_id":"d"},"new_member":1}]},"status":"ok","time":0.1,"usage":null}""");
        });
        var filter = new SearchFilter(
            ["wiki"], null, new TimeRange(From: DateTimeOffset.UnixEpoch),
            new Dictionary<string, IReadOnlyList<MetadataValue>> { ["a.b"] = [new("x"), new(5), new(true)] });

        var hit = Assert.Single(await client.QueryAsync("c", new[] { 1f }, 7, filter, ["d"], CancellationToken.None));

        Assert.Equal(new ScoredPoint(id, "d", 0.5f), hit);
        var expected = JsonNode.Parse("""
            {"query":[1],"limit":7,"filter":{"must":[
              {"key":"document_id","match":{"any":["d"]}},
              {"key":"source","match":{"any":["wiki"]}},
              {"key":"published_at","range":{"gte":"1970-01-01T00:00:00.000000Z"}},
              {"should":[{"key":"metadata.\"a.b\"","match":{"value":"x"}},{"key":"metadata.\"a.b\"","match":{"value":5}},{"key":"metadata.\"a.b\"","match":{"value":true}}]}]},
             "with_payload":["document_id"],"with_vector":false}
            """);
        Assert.True(JsonNode.DeepEquals(expected, asked), asked!.ToJsonString());
    }

    [Fact]
    public async Task Each_call_is_a_span_and_a_duration_by_the_conventions()
    {
        using var durations = new Measurements(_services.GetRequiredService<IMeterFactory>(), "db.client.operation.duration");
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Rag",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.DisplayName.EndsWith("conventions", StringComparison.Ordinal)) spans.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        var client = Client(_ => new HttpResponseMessage(HttpStatusCode.NotFound));

        await Assert.ThrowsAsync<VectorDatabaseException>(() => client.DeleteAsync("conventions", [Guid.NewGuid(), Guid.NewGuid()], CancellationToken.None));

        var span = Assert.Single(spans);
        Assert.Equal(("delete conventions", ActivityKind.Client, ActivityStatusCode.Error), (span.DisplayName, span.Kind, span.Status));
        Assert.Equal(
            [("db.collection.name", "conventions"), ("db.operation.batch.size", 2), ("db.operation.name", "delete"), ("db.response.status_code", "404"), ("db.system.name", "qdrant"), ("error.type", "404")],
            span.TagObjects.Select(tag => (tag.Key, tag.Value!)).OrderBy(tag => tag.Key, StringComparer.Ordinal));
        Assert.Equal(["404"], durations.Values("error.type"));
        Assert.Equal(["delete"], durations.Values("db.operation.name"));
    }

    public void Dispose() => _services.Dispose();

    private static HttpResponseMessage Json(string body) => new(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private QdrantClient Client(Func<HttpRequestMessage, HttpResponseMessage> answer) =>
        new(new Clients(new StubHandler(answer)), new VectorTelemetry(_services.GetRequiredService<IMeterFactory>()));

    private sealed class Clients(HttpMessageHandler handler) : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(handler, disposeHandler: false) { BaseAddress = new Uri("http://q/") };
    }
}
