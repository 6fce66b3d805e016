using System.Net;
using System.Net.Http.Headers;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>The envelope, the probes, keys, compression and what the server says about itself.</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task The_front_page_has_no_envelope()
    {
        await using var server = await QdrantTestServer.StartAsync();

        var (_, body) = await server.SendAsync("GET", "/");

        Assert.Equal("qdrant - vector search engine", (string?)body["title"]);
        Assert.Equal("1.19.0", (string?)body["version"]);
        Assert.Matches("^[0-9a-f]{40}$", (string?)body["commit"]);
    }

    [Theory]
    [InlineData("/healthz", "healthz check passed")]
    [InlineData("/livez", "healthz check passed")]
    [InlineData("/readyz", "all shards are ready")]
    public async Task Probes_answer_in_plain_text(string path, string text)
    {
        await using var server = await QdrantTestServer.StartAsync();

        using var answer = await server.Http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(text, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET", "/no-such-route")]
    [InlineData("DELETE", "/collections")]
    public async Task An_unknown_route_is_404_with_nothing_in_it(string method, string path)
    {
        await using var server = await QdrantTestServer.StartAsync();

        using var message = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await server.Http.SendAsync(message);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Success_and_error_have_status_and_time_and_only_success_a_result()
    {
        await using var server = await QdrantTestServer.StartAsync();

        var (_, good) = await server.SendAsync("GET", "/collections");
        var (status, bad) = await server.SendAsync("GET", "/collections/none");

        Assert.Equal(["result", "status", "time"], good.AsObject().Select(m => m.Key));
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal(["status", "time"], bad.AsObject().Select(m => m.Key));
        Assert.Equal("Not found: Collection `none` doesn't exist!", (string?)bad["status"]!["error"]);
    }

    [Fact]
    public async Task Trailing_slashes_do_not_matter()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a");

        Assert.True((bool)(await server.OkAsync("GET", "/collections/a/exists//"))["exists"]!);
        Assert.NotNull(await server.OkAsync("GET", "/collections/"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Answers_are_compressed_for_those_who_ask(string encoding)
    {
        await using var server = await QdrantTestServer.StartAsync();
        using var message = new HttpRequestMessage(HttpMethod.Get, "/collections");
        message.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));

        using var answer = await server.Http.SendAsync(message);

        Assert.Equal([encoding], answer.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task Keys_open_and_close_what_they_should()
    {
        await using var server = await QdrantTestServer.StartAsync(("Service:ApiKey", "all"), ("Service:ReadOnlyApiKey", "read"));
        async Task<(HttpStatusCode, string)> Send(string method, string path, string? header = null, string? value = null)
        {
            using var message = new HttpRequestMessage(new HttpMethod(method), path);
            if (header is not null) message.Headers.TryAddWithoutValidation(header, value);
            if (method == "PUT") message.Content = new StringContent("{\"vectors\":{\"size\":4,\"distance\":\"Dot\"}}", System.Text.Encoding.UTF8, "application/json");
            using var answer = await server.Http.SendAsync(message);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }

        Assert.Equal((HttpStatusCode.Unauthorized, "Must provide an API key or an Authorization bearer token"), await Send("GET", "/collections"));
        Assert.Equal((HttpStatusCode.Unauthorized, "Invalid API key or JWT"), await Send("GET", "/collections", "api-key", "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await Send("GET", "/metrics")).Item1);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Send("GET", "/telemetry")).Item1);
        Assert.Equal(HttpStatusCode.OK, (await Send("GET", "/")).Item1);
        Assert.Equal(HttpStatusCode.OK, (await Send("GET", "/healthz")).Item1);
        Assert.Equal(HttpStatusCode.OK, (await Send("GET", "/readyz")).Item1);
        Assert.Equal(HttpStatusCode.OK, (await Send("GET", "/collections", "Authorization", "Bearer read")).Item1);
        var (status, text) = await Send("PUT", "/collections/a", "api-key", "read");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("Forbidden: ", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Send("PUT", "/collections/a", "api-key", "all")).Item1);
    }

    [Fact]
    public async Task Metrics_and_telemetry_count_answers_by_route()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("books");
        await server.OkAsync("PUT", "/collections/books/points?wait=true", "{'points':[{'id':1,'vector':[1,2,3,4]}]}");

        var metrics = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var perCollection = await server.Http.GetStringAsync(new Uri("/metrics?per_collection=true", UriKind.Relative));
        var telemetry = await server.OkAsync("GET", "/telemetry");

        Assert.Contains("# HELP app_info information about qdrant server\n# TYPE app_info gauge\napp_info{name=\"qdrant\",version=\"1.19.0\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\ncollections_total 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("collection_points{id=\"books\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("rest_responses_total{method=\"PUT\",endpoint=\"/collections/{collection_name}/points\",status=\"200\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("collection=\"books\"", metrics, StringComparison.Ordinal);
        Assert.Contains("status=\"200\",collection=\"books\"} 1\n", perCollection, StringComparison.Ordinal);
        Assert.Equal(1, (int)telemetry["collections"]!["number_of_collections"]!);
        var endpoint = telemetry["requests"]!["rest"]!["responses"]!["PUT /collections/{collection_name}/points"]!["200"]!;
        Assert.Equal(1, (int)endpoint["count"]!);
        Assert.True((double)endpoint["avg_duration_micros"]! > 0);
    }

    [Fact]
    public async Task A_body_over_32_MiB_and_one_that_is_not_json_are_400()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a");
        var large = new string(' ', (32 << 20) + 1);

        Assert.Contains("larger than allowed (limit: 33554432 bytes)", await server.RefusedAsync(HttpStatusCode.BadRequest, "PUT", "/collections/a/points", large), StringComparison.Ordinal);
        Assert.StartsWith("Format error in JSON body: ", await server.RefusedAsync(HttpStatusCode.BadRequest, "PUT", "/collections/a/points", "{"), StringComparison.Ordinal);
        using var form = new StringContent("{}", System.Text.Encoding.UTF8, "text/csv");
        using var answer = await server.Http.PutAsync(new Uri("/collections/a/points", UriKind.Relative), form);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
    }
}
