using System.Globalization;
using System.Text;
using System.Text.Json;
using Rag.Observability.Errors;

namespace Rag.Observability.ErrorTracking.Forwarding;

/// <summary>One event in Sentry's envelope format: a header line, an item header line with the length, and the event. Short: what is redacted stays redacted.</summary>
internal static class SentryEnvelope
{
    private const int LongestStack = 4_000;

    public static byte[] Of(ErrorBatch batch, ErrorDelta group, ErrorEvent sample, DateTimeOffset now)
    {
        var payload = Write(json => WriteEvent(json, batch, group, sample));
        using var envelope = new MemoryStream();
        envelope.Write(Write(json =>
        {
            json.WriteString("event_id", sample.Id);
            json.WriteString("sent_at", now.UtcDateTime);
        }));
        envelope.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"\n{{\"type\":\"event\",\"content_type\":\"application/json\",\"length\":{payload.Length}}}\n")));
        envelope.Write(payload);
        envelope.WriteByte((byte)'\n');
        return envelope.ToArray();
    }

    private static void WriteEvent(Utf8JsonWriter json, ErrorBatch batch, ErrorDelta group, ErrorEvent sample)
    {
        json.WriteString("event_id", sample.Id);
        json.WriteString("timestamp", sample.At.UtcDateTime);
        json.WriteString("platform", "csharp");
        json.WriteString("level", group.Severity >= ErrorSeverity.Critical ? "fatal" : group.Severity == ErrorSeverity.Medium ? "warning" : "error");
        json.WriteString("release", batch.Version);
        json.WriteString("environment", batch.Environment);
        json.WriteString("transaction", sample.Route);

        json.WriteStartArray("fingerprint");
        json.WriteStringValue(group.Fingerprint);
        json.WriteEndArray();

        json.WriteStartObject("exception");
        json.WriteStartArray("values");
        json.WriteStartObject();
        json.WriteString("type", group.Type);
        json.WriteString("value", sample.Message);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();

        json.WriteStartObject("tags");
        json.WriteString("service", batch.Service);
        json.WriteString("category", group.Category.Name());
        if (group.Code is not null) json.WriteString("code", group.Code);
        if (sample.RequestId is not null) json.WriteString("request_id", sample.RequestId);
        if (sample.TraceId is not null) json.WriteString("trace_id", sample.TraceId);
        json.WriteEndObject();

        json.WriteStartObject("extra");
        json.WriteString("stack", sample.Stack.Length <= LongestStack ? sample.Stack : sample.Stack[..LongestStack]);
        json.WriteEndObject();

        if (sample.User is null) return;
        json.WriteStartObject("user");
        json.WriteString("id", sample.User);
        json.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
