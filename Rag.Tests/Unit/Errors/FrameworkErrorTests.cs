using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Errors;

/// <summary>What the framework refuses has the same body as what the house refuses.</summary>
public sealed class FrameworkErrorTests
{
    [Fact]
    public async Task No_route_and_wrong_method()
    {
        await using var service = await SampleService.StartAsync(map: SampleEndpoints.Map);

        var missing = await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/nowhere?key=1"), HttpStatusCode.NotFound, "NOT_FOUND");
        Assert.Equal("/nowhere", (string?)missing["path"]);
        using var wrong = await service.Client.DeleteAsync("/documents");
        await ProblemAssert.IsProblemAsync(wrong, HttpStatusCode.MethodNotAllowed, "METHOD_NOT_ALLOWED");
        Assert.Equal(["POST"], wrong.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("""{"documents":[{"title":"a","text":"hunter2" """, "documents[0]", "malformed_json")]
    [InlineData("hunter2", "body", "malformed_json")]
    [InlineData("", "body", "required")]
    [InlineData("null", "body", "required")]
    [InlineData("[]", "body", "wrong_type")]
    [InlineData("""{"documents":"hunter2"}""", "documents", "wrong_type")]
    [InlineData("""{"documents":[{"title":7,"text":"hunter2"}]}""", "documents[0].title", "wrong_type")]
    [InlineData("""{"documents":[{"title":"a","text":"b","publishedAt":"hunter2"}]}""", "documents[0].publishedAt", "wrong_type")]
    [InlineData("""{"documents":[{"title":"hunter2"}]}""", "text", "required")]
    [Trait("Seed", "S12")]
    public async Task A_body_that_cannot_be_read_names_the_field_and_never_shows_its_value(string body, string field, string type)
    {
        await using var service = await SampleService.StartAsync(map: SampleEndpoints.Map);

        using var response = await service.Client.PostAsync("/documents", new StringContent(body, Encoding.UTF8, "application/json"));

        var problem = await ProblemAssert.IsProblemAsync(response, HttpStatusCode.BadRequest, "MALFORMED_REQUEST");
        var error = Assert.Single(problem["error"]!["details"]!["errors"]!.AsArray())!;
        Assert.Equal((field, type), ((string?)error["field"], (string?)error["type"]));
        Assert.Equal(["field", "message", "type"], error.AsObject().Select(p => p.Key));
        Assert.DoesNotContain("hunter2", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(service.Logs.Lines, l => l.Message.Contains("hunter2", StringComparison.Ordinal) && l.Level >= Microsoft.Extensions.Logging.LogLevel.Information);
    }

    [Theory]
    [InlineData("/range?limit=hunter2", "limit", "wrong_type")]
    [InlineData("/range?limit=99999999999", "limit", "wrong_type")]
    [InlineData("/range", "limit", "required")]
    [InlineData("/range?limit=1&since=hunter2", "since", "wrong_type")]
    [InlineData("/items/1?limit=hunter2", "limit", "wrong_type")]
    public async Task A_query_value_of_the_wrong_type_is_400(string path, string field, string type)
    {
        await using var service = await SampleService.StartAsync(map: SampleEndpoints.Map);

        var problem = await ProblemAssert.IsProblemAsync(await service.Client.GetAsync(path), HttpStatusCode.BadRequest, "MALFORMED_REQUEST");

        var error = problem["error"]!["details"]!["errors"]![0]!;
        Assert.Equal((field, type), ((string?)error["field"], (string?)error["type"]));
        Assert.DoesNotContain("hunter2", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_content_type_is_415_also_for_forms()
    {
        await using var service = await SampleService.StartAsync(map: SampleEndpoints.Map);

        await ProblemAssert.IsProblemAsync(
            await service.Client.PostAsync("/documents", new StringContent("a,b", Encoding.UTF8, "text/csv")), HttpStatusCode.UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE");
        await ProblemAssert.IsProblemAsync(
            await service.Client.PostAsync("/form", new StringContent("{}", Encoding.UTF8, "application/json")), HttpStatusCode.UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE");
        await ProblemAssert.IsProblemAsync(
            await service.Client.PostAsync("/form", new MultipartFormDataContent { { new StringContent("x"), "other" } }), HttpStatusCode.BadRequest, "MALFORMED_REQUEST");
    }

    [Fact]
    public async Task A_broken_multipart_body_is_400()
    {
        await using var service = await SampleService.StartAsync(map: SampleEndpoints.Map);
        using var content = new ByteArrayContent("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc"u8.ToArray());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");

        await ProblemAssert.IsProblemAsync(await service.Client.PostAsync("/form", content), HttpStatusCode.BadRequest, "MALFORMED_REQUEST");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_the_limit_is_413(bool lengthKnown)
    {
        await using var service = await SampleService.StartAsync(
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1000), SampleEndpoints.Map);
        using var content = new StringContent($$"""{"documents":[{"title":"a","text":"{{new string('x', 5000)}}"}]}""", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/documents") { Content = content };
        request.Headers.TransferEncodingChunked = !lengthKnown;

        await ProblemAssert.IsProblemAsync(await service.Client.SendAsync(request), HttpStatusCode.RequestEntityTooLarge, "PAYLOAD_TOO_LARGE");
    }

    [Fact]
    public async Task Rate_limiting_is_429_with_retry_after()
    {
        await using var service = await SampleService.StartAsync(
            builder => builder.Services.AddRateLimiter(options =>
            {
                options.RejectionStatusCode = 429;
                options.AddFixedWindowLimiter("one", limiter =>
                {
                    limiter.PermitLimit = 1;
                    limiter.Window = TimeSpan.FromHours(1);
                });
            }),
            app =>
            {
                SampleEndpoints.Map(app);
                app.UseRateLimiter();
                app.MapGet("/once", () => "once").RequireRateLimiting("one");
            });

        Assert.Equal("once", await service.Client.GetStringAsync("/once"));
        using var second = await service.Client.GetAsync("/once");

        await ProblemAssert.IsProblemAsync(second, HttpStatusCode.TooManyRequests, "RATE_LIMITED");
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task What_is_not_HTTP_never_reaches_the_service()
    {
        await using var service = await SampleService.StartAsync(map: SampleEndpoints.Map);

        Assert.Equal(HttpStatusCode.BadRequest, (await service.Client.GetAsync("/a%00b")).StatusCode);
    }

    [Fact]
    public async Task HEAD_has_the_headers_and_no_body()
    {
        await using var service = await SampleService.StartAsync(map: SampleEndpoints.Map);

        using var response = await service.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/nowhere"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_answer_that_has_a_body_keeps_it()
    {
        await using var service = await SampleService.StartAsync(map: app =>
        {
            SampleEndpoints.Map(app);
            app.MapGet("/own", () => Results.Json(new { mine = true }, statusCode: 404));
        });

        var body = JsonNode.Parse(await (await service.Client.GetAsync("/own")).Content.ReadAsStringAsync())!;

        Assert.True((bool)body["mine"]!);
    }
}
