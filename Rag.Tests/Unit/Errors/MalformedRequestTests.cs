using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Errors;

public sealed class MalformedRequestTests
{
    private static readonly MalformedRequests.Valid[] Valid =
    [
        new("POST", "/documents", """{"documents":[{"title":"hunter2","text":"hunter2"}]}""", ["documents"]),
        new("POST", "/documents?hunter2=hunter2", """{"documents":[{"title":"a","text":"hunter2","publishedAt":"2026-01-01T00:00:00Z"}]}""", ["documents"]),
    ];

    [Fact]
    [Trait("Seed", "E13")]
    [Trait("Seed", "S12")]
    public async Task Whatever_is_wrong_with_a_request_it_is_4xx_with_the_problem_body()
    {
        await using var service = await SampleService.StartAsync(map: SampleEndpoints.Map);

        // On a thread of its own, because FsCheck waits for each answer.
        await Task.Run(() => Prop.ForAll(MalformedRequests.Of(Valid), broken => RefusedAsync(service.Client, broken))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000)));
    }

    private static async Task RefusedAsync(HttpClient client, MalformedRequests.Broken broken)
    {
        using var request = broken.ToMessage();
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();

        Assert.InRange((int)response.StatusCode, 400, 499);
        var body = JsonNode.Parse(text)!;
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)response.StatusCode, (int)body["status"]!);
        Assert.NotNull(body["error"]!["code"]);
        Assert.DoesNotContain(MalformedRequests.Canary, text, StringComparison.OrdinalIgnoreCase);
    }
}
