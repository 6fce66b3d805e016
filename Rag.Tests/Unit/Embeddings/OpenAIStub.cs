using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rag.Tests.Unit.Embeddings;

/// <summary>A server on loopback with OpenAI's embeddings call. Each request gets the next of the planned answers; after the last one, <see cref="Usual"/>.</summary>
internal sealed class OpenAIStub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<Func<HttpContext, string[], Task>> _plan;

    private OpenAIStub(WebApplication app, TimeProvider time, IEnumerable<Func<HttpContext, string[], Task>> plan)
    {
        _app = app;
        _time = time;
        _plan = new(plan);
    }

    public const int Dimensions = 4;

    public Uri Endpoint => new(_app.Urls.Single() + "/v1");

    /// <summary>When each request came, its texts, its body and its key.</summary>
    public ConcurrentQueue<(DateTimeOffset At, string[] Texts, JsonElement Body, string? Authorization)> Requests { get; } = new();

    /// <summary>What is answered after the last of the planned answers.</summary>
    public Func<HttpContext, string[], Task> Usual { get; set; } = Good;

    public static async Task<OpenAIStub> StartAsync(TimeProvider time, params Func<HttpContext, string[], Task>[] plan)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new OpenAIStub(app, time, plan);
        app.Run(stub.AnswerAsync);
        await app.StartAsync();
        return stub;
    }

    public static Task Good(HttpContext context, string[] texts) => Vectors(context, texts.Select(t => Enumerable.Repeat((float)t.Length, Dimensions).ToArray()));

    public static Func<HttpContext, string[], Task> Status(int status, string? retryAfter = null, string code = "error") => (context, _) =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return context.Response.WriteAsJsonAsync(new { error = new { message = "no", type = code, code } });
    };

    public static Task Never(HttpContext context, string[] texts) => Task.Delay(Timeout.Infinite, context.RequestAborted);

    public static async Task Truncated(HttpContext context, string[] texts)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = 5000;
        await context.Response.WriteAsync("{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.1,");
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    public static Task NotJson(HttpContext context, string[] texts) => context.Response.WriteAsync("<html>gateway</html>");

    public static Task WrongDimension(HttpContext context, string[] texts) => Vectors(context, texts.Select(_ => new float[] { 1, 2, 3 }));

    public static Task TooFew(HttpContext context, string[] texts) => Vectors(context, texts.Skip(1).Select(_ => new float[Dimensions]));

    public static Task Reversed(HttpContext context, string[] texts) => Vectors(context, texts.Select(t => Enumerable.Repeat((float)t.Length, Dimensions).ToArray()), reversed: true);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static Task Vectors(HttpContext context, IEnumerable<float[]> vectors, bool reversed = false)
    {
        var data = vectors.Select((v, i) => new { @object = "embedding", index = i, embedding = v }).ToList();
        if (reversed) data.Reverse();
        return context.Response.WriteAsJsonAsync(new { @object = "list", data, model = "stub", usage = new { prompt_tokens = data.Count * 3, total_tokens = data.Count * 3 } });
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var input = body.RootElement.GetProperty("input");
        var texts = input.ValueKind == JsonValueKind.String ? [input.GetString()!] : input.EnumerateArray().Select(e => e.GetString()!).ToArray();
        Requests.Enqueue((_time.GetUtcNow(), texts, body.RootElement.Clone(), context.Request.Headers.Authorization));
        await (_plan.TryDequeue(out var answer) ? answer : Usual)(context, texts);
    }
}
