using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.ServiceDefaults;

public sealed class HttpServerSpanTests
{
    [Fact]
    public async Task A_request_span_has_the_conventions_name_and_tags()
    {
        await using var service = await SampleService.StartAsync(map: app => app.MapGet("/documents/{id}", (string id) => id));
        service.Client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("test", "1.0"));

        await service.Client.GetAsync("/documents/42?token=secret");
        var span = await service.SpanAsync(_ => true);

        Assert.Equal("GET /documents/{id}", span.DisplayName);
        Assert.Equal("GET", span.GetTagItem("http.request.method"));
        Assert.Equal("/documents/{id}", span.GetTagItem("http.route"));
        Assert.Equal("/documents/42", span.GetTagItem("url.path"));
        Assert.Equal("http", span.GetTagItem("url.scheme"));
        Assert.Equal(200, span.GetTagItem("http.response.status_code"));
        Assert.Equal("127.0.0.1", span.GetTagItem("server.address"));
        Assert.Equal(service.Client.BaseAddress!.Port, span.GetTagItem("server.port"));
        Assert.Equal("test/1.0", span.GetTagItem("user_agent.original"));
        Assert.Equal("1.1", span.GetTagItem("network.protocol.version"));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.DoesNotContain(span.TagObjects, tag => tag.Value?.ToString()?.Contains("secret", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Only_5xx_is_an_error()
    {
        await using var service = await SampleService.StartAsync(map: app => app.MapGet("/status/{code:int}", (int code) => Results.StatusCode(code)));

        await service.Client.GetAsync("/status/404");
        await service.Client.GetAsync("/status/503");
        var refused = await service.SpanAsync(s => s.GetTagItem("http.response.status_code") is 404);
        var failed = await service.SpanAsync(s => s.GetTagItem("http.response.status_code") is 503);

        Assert.Equal(ActivityStatusCode.Unset, refused.Status);
        Assert.Null(refused.GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, failed.Status);
        Assert.Equal("503", failed.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Unknown_methods_and_unknown_paths_do_not_widen_the_names()
    {
        await using var service = await SampleService.StartAsync();

        await service.Client.SendAsync(new HttpRequestMessage(new HttpMethod("FROBNICATE"), "/one/2/three"));
        var span = await service.SpanAsync(_ => true);

        Assert.Equal("HTTP", span.DisplayName);
        Assert.Equal("_OTHER", span.GetTagItem("http.request.method"));
        Assert.Equal("FROBNICATE", span.GetTagItem("http.request.method_original"));
        Assert.Null(span.GetTagItem("http.route"));
    }
}
