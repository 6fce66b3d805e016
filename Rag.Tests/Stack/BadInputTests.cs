using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Rag.Tests.Stack;

[Collection(StackCollection.Name)]
public sealed class BadInputTests(StackFixture stack, ITestOutputHelper output)
{
    public static TheoryData<string, string, string> Bodies => new()
    {
        { "/documents", "{\"documents\":[", "truncated JSON" },
        { "/documents", "null", "null" },
        { "/documents", "[]", "an array" },
        { "/documents", "", "an empty body" },
        { "/documents", "{}", "no documents" },
        { "/documents", "{\"documents\":[]}", "an empty batch" },
        { "/documents", "{\"documents\":[null]}", "a null document" },
        { "/documents", "{\"documents\":[{\"title\":5,\"text\":\"x\"}]}", "a number as title" },
        { "/documents", "{\"documents\":[{\"title\":\"t\",\"text\":\"\"}]}", "empty text" },
        { "/documents", "{\"documents\":[{\"title\":\"t\",\"text\":\"   \"}]}", "blank text" },
        { "/documents", "{\"documents\":[{\"title\":\"t\",\"text\":\"a\\u0000b\"}]}", "NUL in the text" },
        { "/documents", "{\"documents\":[{\"title\":\"t\",\"text\":\"x\",\"published_at\":\"yesterday\"}]}", "a date that is none" },
        { "/documents", "{\"documents\":[{\"title\":\"t\",\"text\":\"x\",\"metadata\":[1]}]}", "metadata that is no object" },
        { "/documents", "{\"documents\":[{\"title\":\"t\",\"text\":\"x\",\"colour\":{\"a\":1}}]}", "an unknown member" },
        { "/search", "{\"query\":\"\"}", "an empty query" },
        { "/search", "{\"query\":\"x\",\"type\":\"magic\"}", "an unknown search type" },
        { "/search", "{\"query\":\"x\",\"top_k\":0}", "top_k 0" },
        { "/search", "{\"query\":\"x\",\"top_k\":101}", "top_k 101" },
        { "/search", "{\"query\":\"x\",\"top_k\":\"many\"}", "top_k as text" },
        { "/search", "{\"query\":\"x\",\"top_k\":99999999999999999999}", "top_k beyond an integer" },
        { "/search", "{\"query\":[\"x\"]}", "a list as query" },
        { "/ask", "{\"question\":\"\"}", "an empty question" },
        { "/ask", "{\"question\":null}", "a null question" },
        { "/ask", "{\"quetsion\":\"x\"}", "a misspelt member" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public Task A_bad_body_gets_a_problem(string path, string body, string what) => stack.RunAsync(output, async ct =>
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await stack.Api.Http.PostAsync(path, content, ct);

        await AssertProblemAsync(response, what, ct);
    });

    [Fact]
    public Task A_20_MB_body_is_too_large() => stack.RunAsync(output, async ct =>
    {
        var text = new string('x', 20 * 1024 * 1024);
        using var content = new StringContent($$"""{"documents":[{"title":"t","text":"{{text}}"}]}""", Encoding.UTF8, "application/json");
        using var response = await stack.Api.Http.PostAsync("/documents", content, ct);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await AssertProblemAsync(response, "20 MB", ct);
    });

    [Fact]
    public Task Another_media_type_is_refused() => stack.RunAsync(output, async ct =>
    {
        using var content = new ByteArrayContent([1, 2, 3]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-unknown");
        using var response = await stack.Api.Http.PostAsync("/documents", content, ct);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        await AssertProblemAsync(response, "415", ct);
    });

    [Theory]
    [InlineData("GET", "/documents/no-such-document", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/documents/no-such-document", HttpStatusCode.NotFound)]
    [InlineData("GET", "/no/such/route", HttpStatusCode.NotFound)]
    [InlineData("PUT", "/search", HttpStatusCode.MethodNotAllowed)]
    public Task What_is_not_there_is_a_problem_too(string method, string path, HttpStatusCode expected) => stack.RunAsync(output, async ct =>
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await stack.Api.Http.SendAsync(request, ct);

        Assert.Equal(expected, response.StatusCode);
        await AssertProblemAsync(response, path, ct);
    });

    private static async Task AssertProblemAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True((int)response.StatusCode is >= 400 and < 500, $"{what}: {(int)response.StatusCode}\n{body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(body)!;
        Assert.Equal((int)response.StatusCode, (int)problem["status"]!);
        Assert.NotNull(problem["title"]);
        Assert.NotNull(problem["error"]!["code"]);
        Assert.NotNull(problem["error"]!["message"]);
        Assert.Equal(response.Headers.GetValues("X-Request-ID").Single(), (string?)problem["request_id"]);
    }
}
