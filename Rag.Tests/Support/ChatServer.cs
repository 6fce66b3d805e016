using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rag.Tests.Support;

/// <summary>A server with OpenAI's chat completions call, on a free loopback port, that answers each request as the test says.</summary>
internal sealed class ChatServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<JsonNode> _requests = [];
    private readonly Queue<Func<HttpContext, Task>> _answers = new();

    private ChatServer(WebApplication app)
    {
        _app = app;
        app.MapPost("/v1/chat/completions", AnswerAsync);
    }

    public Uri Endpoint { get; private set; } = null!;

    public IReadOnlyList<JsonNode> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public static async Task<ChatServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var server = new ChatServer(builder.Build());
        await server._app.StartAsync();
        server.Endpoint = new Uri(server._app.Urls.Single() + "/v1");
        return server;
    }

    /// <summary>Says how the next request is answered; the last one said holds for all that follow.</summary>
    public ChatServer Then(Func<HttpContext, Task> answer)
    {
        lock (_requests) _answers.Enqueue(answer);
        return this;
    }

    public static Func<HttpContext, Task> Status(int status, string? retryAfter = null) => context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return context.Response.WriteAsync("""{"error":{"message":"not now","type":"server_error"}}""");
    };

    /// <param name="pieces">The answer in pieces.</param>
    /// <param name="ends">Whether the stream ends as it should, or breaks off.</param>
    public static Func<HttpContext, Task> Stream(string[] pieces, bool ends = true) => async context =>
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var piece in pieces) await SendAsync(context, Chunk(piece, null));
        if (!ends) return;
        await SendAsync(context, Chunk("", "stop"));
        await SendAsync(context, """{"id":"1","object":"chat.completion.chunk","created":1,"model":"served-model","choices":[],"usage":{"prompt_tokens":321,"completion_tokens":45,"total_tokens":366}}""");
        await SendAsync(context, "[DONE]");
    };

    /// <summary>Sends some pieces and then nothing more until the caller gives up.</summary>
    public static Func<HttpContext, Task> Hang(TaskCompletionSource reached, params string[] pieces) => async context =>
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var piece in pieces) await SendAsync(context, Chunk(piece, null));
        reached.TrySetResult();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = await JsonNode.ParseAsync(context.Request.Body);
        Func<HttpContext, Task> answer;
        lock (_requests)
        {
            _requests.Add(request!);
            answer = _answers.Count > 1 ? _answers.Dequeue() : _answers.Peek();
        }

        await answer(context);
    }

    private static string Chunk(string text, string? finish) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"id":"1","object":"chat.completion.chunk","created":1,"model":"served-model","choices":[{"index":0,"delta":{"role":"assistant","content":{{{JsonSerializer.Serialize(text)}}}},"finish_reason":{{{(finish is null ? "null" : $"\"{finish}\"")}}}}]}""");

    private static async Task SendAsync(HttpContext context, string data)
    {
        await context.Response.WriteAsync($"data: {data}\n\n");
        await context.Response.Body.FlushAsync();
    }
}
