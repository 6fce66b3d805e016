using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Qdrant.Local.Http;

/// <summary>Writes the frame around every JSON answer: <c>result</c>, <c>status</c> and the seconds it took.</summary>
internal static class Envelope
{
    private const int FlushAt = 64 << 10;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 1000 };

    /// <summary>Answers 200 with what <paramref name="write"/> writes.</summary>
    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write) =>
        WriteAsync(context, json =>
        {
            write(json);
            return [];
        });

    /// <summary>Answers 200 with a result that is written in steps, each of which may be sent before the next.</summary>
    public static async Task WriteAsync(HttpContext context, Func<Utf8JsonWriter, IEnumerable<bool>> steps)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Options);
        try
        {
            json.WriteStartObject();
            json.WritePropertyName("result");
            foreach (var _ in steps(json))
            {
                if (json.BytesPending < FlushAt) continue;
                json.Flush();
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }

            json.WriteString("status", "ok");
            json.WriteNumber("time", Seconds(context));
            json.WriteEndObject();
        }
        catch
        {
            // Half an answer must not stand before the error's body.
            json.Reset();
            throw;
        }
    }

    /// <summary>Answers with an error.</summary>
    public static async Task WriteErrorAsync(HttpContext context, int status, string message)
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Options);
        json.WriteStartObject();
        json.WriteStartObject("status");
        json.WriteString("error", message);
        json.WriteEndObject();
        json.WriteNumber("time", Seconds(context));
        json.WriteEndObject();
    }

    private static double Seconds(HttpContext context) =>
        Stopwatch.GetElapsedTime(context.Features.Get<RequestStart>()?.Timestamp ?? Stopwatch.GetTimestamp()).TotalSeconds;
}
