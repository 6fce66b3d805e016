using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rag.Observability.Logging.Lines;

namespace Rag.Observability.Audit;

/// <summary>The one way in which an event becomes text: what is hashed, stored and written to the journal is this, byte for byte.</summary>
/// <param name="Id">Of the event.</param>
/// <param name="OccurredAt">Of the event, in microseconds, which is what the database keeps.</param>
/// <param name="Json">One line of JSON.</param>
internal sealed record AuditContent(Guid Id, DateTimeOffset OccurredAt, string Json)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static AuditContent Of(AuditEvent e)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("id", e.Id);
            json.WriteString("occurred_at", e.OccurredAt);
            json.WriteString("kind", Name(e.Kind));
            WriteText(json, "actor", e.Actor);
            WriteText(json, "resource", e.Resource);
            WriteText(json, "action", e.Action);
            WriteText(json, "outcome", e.Outcome);
            WriteText(json, "address", e.Address);
            WriteText(json, "user_agent", e.UserAgent);
            if (e.RiskScore is { } risk) json.WriteNumber("risk_score", risk);
            WriteText(json, "request_id", e.RequestId);
            WriteText(json, "trace_id", e.TraceId);
            WriteText(json, "service", e.Service);
            if (e.Details is not null)
            {
                json.WritePropertyName("details");
                ValueWriter.Write(json, e.Details);
            }

            json.WriteEndObject();
        }

        // PostgreSQL takes no NUL, in no spelling.
        var text = Encoding.UTF8.GetString(buffer.WrittenSpan).Replace("\\u0000", "\\uFFFD", StringComparison.OrdinalIgnoreCase);
        return new AuditContent(e.Id, e.OccurredAt, text);
    }

    /// <exception cref="JsonException">It is not the text of an event.</exception>
    public static AuditContent Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("id", out var id) && id.TryGetGuid(out var guid)
            && root.TryGetProperty("occurred_at", out var time) && time.TryGetDateTimeOffset(out var occurredAt)
                ? new AuditContent(guid, occurredAt, json)
                : throw new JsonException("This is no audit event.");
    }

    public static string Name(AuditKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null) json.WriteString(name, text);
    }
}
