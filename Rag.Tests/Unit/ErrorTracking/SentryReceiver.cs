using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Rag.Tests.Unit.ErrorTracking;

/// <summary>A server on loopback that takes envelopes as Sentry documents them, and nothing else: what is not of that format is a mistake and answered with 400.</summary>
internal sealed partial class SentryReceiver : IAsyncDisposable
{
    private const string Key = "0123456789abcdef0123456789abcdef";
    private readonly WebApplication _app;

    private SentryReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<JsonNode> Events { get; } = new();

    public ConcurrentQueue<string> Mistakes { get; } = new();

    public string Dsn => _app.Urls.Single().Replace("http://", $"http://{Key}@", StringComparison.Ordinal) + "/42";

    public static async Task<SentryReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new SentryReceiver(app);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        try
        {
            CheckCall(context.Request);
            Events.Enqueue(Read(body.ToArray()));
            await context.Response.WriteAsJsonAsync(new { id = "0" });
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            Mistakes.Enqueue($"{e.Message}\n{Encoding.UTF8.GetString(body.ToArray())}");
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    private static void CheckCall(HttpRequest request)
    {
        Require(request.Method == "POST" && request.Path == "/api/42/envelope/", $"{request.Method} {request.Path}");
        Require(request.ContentType == "application/x-sentry-envelope", $"content type {request.ContentType}");
        Require(Auth().Match(request.Headers["X-Sentry-Auth"].ToString()) is { Success: true } auth && auth.Groups["key"].Value == Key, "X-Sentry-Auth");
    }

    /// <summary>Header line, then items: each a header line with the length of its payload, the payload, and a line feed.</summary>
    private static JsonNode Read(ReadOnlySpan<byte> envelope)
    {
        var header = JsonNode.Parse(Line(ref envelope))!;
        Require(EventId().IsMatch((string)header["event_id"]!), "event_id of 32 hexadecimal digits");
        Require(DateTimeOffset.TryParse((string?)header["sent_at"], CultureInfo.InvariantCulture, out _), "sent_at");

        var item = JsonNode.Parse(Line(ref envelope))!;
        Require((string?)item["type"] == "event", "type of the item");
        var length = (int)item["length"]!;
        Require(envelope.Length == length + 1 && envelope[length] == (byte)'\n', $"{envelope.Length} bytes where the item says {length}");
        var payload = JsonNode.Parse(envelope[..length])!;
        Require((string?)payload["event_id"] == (string?)header["event_id"], "the same event_id in header and event");
        Require(payload["timestamp"] is not null && (string?)payload["platform"] == "csharp", "timestamp and platform");
        Require((string?)payload["level"] is "fatal" or "error" or "warning" or "info" or "debug", "level");
        return payload;
    }

    private static byte[] Line(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        Require(end > 0, "a header line");
        var line = rest[..end].ToArray();
        rest = rest[(end + 1)..];
        return line;
    }

    private static void Require(bool condition, string what)
    {
        if (!condition) throw new FormatException($"Expected {what}.");
    }

    [GeneratedRegex("^Sentry sentry_version=7, sentry_client=[^ ,/]+/[^ ,]+, sentry_key=(?<key>[0-9a-f]+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Auth();

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex EventId();
}
