using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qdrant.Local;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>Qdrant.Local in this process, with a data folder of its own, and short ways to talk to it.</summary>
internal sealed class QdrantTestServer : IAsyncDisposable
{
    private readonly TemporaryFolder? _owned;
    private readonly WebApplication _app;

    private QdrantTestServer(TemporaryFolder? owned, WebApplication app, string folder)
    {
        _owned = owned;
        _app = app;
        Folder = folder;
        Http = app.GetTestClient();
    }

    public HttpClient Http { get; }

    public string Folder { get; }

    public IServiceProvider Services => _app.Services;

    public static Task<QdrantTestServer> StartAsync(params (string Name, string Value)[] settings) => StartAsync(null, settings);

    /// <summary>Starts on a folder that stays when the server goes.</summary>
    public static async Task<QdrantTestServer> StartAsync(string? folder, params (string Name, string Value)[] settings)
    {
        var owned = folder is null ? new TemporaryFolder() : null;
        var path = folder ?? owned!.Path;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("Storage:Path", path), .. settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))]);
        builder.AddQdrant();
        builder.WebHost.UseTestServer();
        var app = builder.Build();
        app.MapQdrant();
        await app.StartAsync();
        return new QdrantTestServer(owned, app, path);
    }

    /// <summary>Sends JSON and gives status and parsed answer; <c>'</c> may stand for <c>"</c>.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(string method, string path, string? json = null)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null) message.Content = new StringContent(json.Replace('\'', '"'), Encoding.UTF8, "application/json");
        using var answer = await Http.SendAsync(message);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return (answer.StatusCode, JsonNode.Parse(text)!);
    }

    /// <summary>Sends what must succeed and gives <c>result</c>.</summary>
    public async Task<JsonNode> OkAsync(string method, string path, string? json = null)
    {
        var (status, body) = await SendAsync(method, path, json);
        Assert.True(status == HttpStatusCode.OK, $"{method} {path} answered {(int)status}: {body.ToJsonString()}");
        Assert.Equal("ok", (string?)body["status"]);
        return body["result"]!;
    }

    /// <summary>Sends what must be refused and gives the error's text.</summary>
    public async Task<string> RefusedAsync(HttpStatusCode status, string method, string path, string? json = null)
    {
        var (actual, body) = await SendAsync(method, path, json);
        Assert.True(actual == status, $"{method} {path} answered {(int)actual}: {body.ToJsonString()}");
        Assert.Null(body["result"]);
        return (string)body["status"]!["error"]!;
    }

    /// <summary>Makes a collection of unnamed vectors.</summary>
    public Task CreateAsync(string name, int size = 4, string distance = "Dot") =>
        OkAsync("PUT", $"/collections/{name}", $"{{'vectors':{{'size':{size},'distance':'{distance}'}}}}");

    /// <summary>The ids that a filter lets through, in the order of ids.</summary>
    public async Task<string[]> IdsAsync(string collection, string filter)
    {
        var page = await OkAsync("POST", $"/collections/{collection}/points/scroll", $"{{'limit':10000,'filter':{filter}}}");
        return [.. page["points"]!.AsArray().Select(p => p!["id"]!.ToString())];
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        _owned?.Dispose();
    }
}
