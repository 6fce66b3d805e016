using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Rag.Api.Endpoints;
using Rag.Core.Answers;
using Rag.Core.Search;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Search;

/// <summary>The HTTP contract of /search and /ask.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class SearchEndpointTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private const string LongText = "LONG";

    [Fact]
    public async Task A_search_answers_in_the_agreed_shape()
    {
        await using var stack = await StackAsync();
        var body = await PostAsync(stack.Client, "/search", """{"query":"reset password","top_k":1}""");

        Assert.Equal(["search_id", "type", "degraded", "took_ms", "results"], body.AsObject().Select(member => member.Key));
        Assert.Equal(("hybrid", false), ((string)body["type"]!, (bool)body["degraded"]!));
        var result = Assert.Single(body["results"]!.AsArray())!.AsObject();
        foreach (var member in new[] { "rank", "document_id", "chunk_id", "title", "text", "score", "source", "source_type" }) Assert.True(result.ContainsKey(member), member);
        Assert.Equal(("manual", "html"), ((string)result["document_id"]!, (string)result["source_type"]!));
    }

    [Fact]
    public async Task Filters_decide_what_is_found()
    {
        await using var stack = await StackAsync();
        async Task<int> CountAsync(string filter) =>
            (await PostAsync(stack.Client, "/search", $$"""{"query":"password","type":"keyword","filter":{{filter}}}"""))["results"]!.AsArray().Count;

        Assert.Equal(1, await CountAsync("""{"source":"wiki","source_type":["html","faq"],"published_at":{"gte":"2026-01-01","lt":"2027-01-01T00:00:00+09:00"},"metadata":{"lang":["de","en"],"year":2026}}"""));
        Assert.Equal(0, await CountAsync("""{"metadata":{"lang":"de"}}"""));
        Assert.Equal(0, await CountAsync("""{"published_at":{"gt":"2026-06-01T00:00:00Z"}}"""));
        Assert.Equal(1, await CountAsync("null"));
        Assert.Equal(1, await CountAsync("{}"));
    }

    [Theory]
    [InlineData("/search", """{}""", "query")]
    [InlineData("/search", """{"query":"  "}""", "query")]
    [InlineData("/search", """{"query":"a\u0000b"}""", "query")]
    [InlineData("/search", """{"query":"LONG"}""", "query")]
    [InlineData("/search", """{"query":"a","type":"fuzzy"}""", "type")]
    [InlineData("/search", """{"query":"a","top_k":0}""", "top_k")]
    [InlineData("/search", """{"query":"a","top_k":101}""", "top_k")]
    [InlineData("/search", """{"query":"a","filter":[]}""", "filter")]
    [InlineData("/search", """{"query":"a","filter":{"author":"x"}}""", "filter.author")]
    [InlineData("/search", """{"query":"a","filter":{"source":5}}""", "filter.source")]
    [InlineData("/search", """{"query":"a","filter":{"source":[]}}""", "filter.source")]
    [InlineData("/search", """{"query":"a","filter":{"source":"a\u0000"}}""", "filter.source")]
    [InlineData("/search", """{"query":"a","filter":{"source":"\ud800"}}""", "filter")]
    [InlineData("/search", """{"query":"a","filter":{"metadata":{"\udc00":1}}}""", "filter")]
    [InlineData("/search", """{"query":"a","filter":{"published_at":"2026"}}""", "filter.published_at")]
    [InlineData("/search", """{"query":"a","filter":{"published_at":{"after":"2026-01-01"}}}""", "filter.published_at.after")]
    [InlineData("/search", """{"query":"a","filter":{"published_at":{"gte":"soon"}}}""", "filter.published_at.gte")]
    [InlineData("/search", """{"query":"a","filter":{"metadata":{"x":1.5}}}""", "filter.metadata.x")]
    [InlineData("/search", """{"query":"a","filter":{"metadata":{"x":null}}}""", "filter.metadata.x")]
    [InlineData("/search", """{"query":"a","filter":{"metadata":{"x":{}}}}""", "filter.metadata.x")]
    [InlineData("/ask", """{"question":""}""", "question")]
    [InlineData("/ask", """{"question":"a","top_k":-1}""", "top_k")]
    public async Task Every_field_that_breaks_a_rule_is_named(string path, string body, string field)
    {
        await using var stack = await StackAsync(withData: false);
        var error = await Assert.ThrowsAsync<ValidationException>(() => PostAsync(stack.Client, path, body.Replace(LongText, new string('x', 5000), StringComparison.Ordinal)));
        Assert.Equal(field, Assert.Single(error.Errors).Field);
    }

    [Fact]
    public async Task A_question_is_answered_in_the_agreed_shape()
    {
        await using var stack = await StackAsync();
        var body = await PostAsync(stack.Client, "/ask", """{"question":"How do I reset the password?"}""");

        Assert.Equal(["answer_id", "search_id", "answer", "citations", "model", "degraded", "usage"], body.AsObject().Select(member => member.Key));
        var citation = body["citations"]![0]!.AsObject();
        Assert.Equal(["n", "document_id", "chunk_id", "quote"], citation.Select(member => member.Key));
        Assert.Contains((string)citation["quote"]!, (string)body["answer"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"question":"How do I reset the password?","stream":true}""", null)]
    [InlineData("""{"question":"How do I reset the password?"}""", "text/event-stream")]
    public async Task A_question_is_answered_as_events_when_asked_to(string body, string? accept)
    {
        await using var stack = await StackAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ask") { Content = new StringContent(body, null, "application/json") };
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);
        using var response = await stack.Client.SendAsync(request);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var text = await response.Content.ReadAsStringAsync();
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(block => block.Split('\n'))
            .Select(lines => (Name: lines[0]["event: ".Length..], Data: JsonNode.Parse(lines[1]["data: ".Length..])!))
            .ToList();
        Assert.Equal("sources", events[0].Name);
        Assert.Equal("done", events[^1].Name);
        Assert.All(events[1..^1], happened => Assert.Equal("delta", happened.Name));
        Assert.Equal((string)events[^1].Data["answer"]!, string.Concat(events[1..^1].Select(delta => (string)delta.Data["text"]!)));
        Assert.Equal((string)events[0].Data["answer_id"]!, (string)events[^1].Data["answer_id"]!);
    }

    private static async Task<JsonNode> PostAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, null, "application/json");
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private async Task<Stack> StackAsync(bool withData = true)
    {
        var vectors = await LocalVectorStore.StartAsync();
        var host = await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString);
        if (withData)
        {
            await host.AddAsync(new TestDocument("manual", "User manual", "Open the settings page and choose reset password.")
            {
                Source = "wiki",
                SourceType = "html",
                PublishedAt = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero),
                Metadata = """{"lang":"en","year":2026}""",
            });
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder.Services.AddSingleton(host.Searcher);
        builder.Services.AddSingleton(host.Get<Answerer>());
        var app = builder.Build();
        app.MapSearch();
        app.MapAsk();
        await app.StartAsync();
        return new Stack(app, host, vectors, app.GetTestClient());
    }

    private sealed record Stack(WebApplication App, RetrievalHost Host, LocalVectorStore Vectors, HttpClient Client) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await App.DisposeAsync();
            await Host.DisposeAsync();
            await Vectors.DisposeAsync();
        }
    }
}
