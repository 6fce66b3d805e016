using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Rag.Observability.Redaction;

namespace Rag.Observability.Errors.Http;

/// <summary>
/// The body of every error: problem details (RFC 9457) with <c>error</c>, <c>timestamp</c>, <c>request_id</c>, <c>trace_id</c> and <c>path</c> inside.
/// Written to a buffer first, so that a failure half-way leaves nothing half-written.
/// </summary>
internal sealed class ProblemBody(Redactor redactor, TimeProvider time)
{
    public const string ContentType = "application/problem+json";
    private const int MostFields = 100;
    private const int LongestPath = 1024;

    /// <summary>After the redactor only plain values, lists and maps are left: with these options none of them can fail to serialise.</summary>
    private static readonly JsonSerializerOptions Values = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public ReadOnlyMemory<byte> Write(HttpContext context, ErrorAnswer answer, string? errorId)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) Write(json, context, answer, errorId);
        return buffer.ToArray();
    }

    private void Write(Utf8JsonWriter json, HttpContext context, ErrorAnswer answer, string? errorId)
    {
        var path = context.Request.PathBase.Add(context.Request.Path).Value ?? "/";
        path = redactor.Redact(path.Length <= LongestPath ? path : path[..LongestPath]);

        json.WriteStartObject();
        json.WriteString("type", answer.Descriptor.TypeUri);
        json.WriteString("title", answer.Descriptor.Title);
        json.WriteNumber("status", answer.Descriptor.StatusCode);
        json.WriteString("detail", answer.Message);
        json.WriteString("instance", errorId is null ? path : $"/errors/{errorId}");

        json.WriteStartObject("error");
        json.WriteString("code", answer.Descriptor.Code);
        json.WriteString("message", answer.Message);
        json.WriteString("category", answer.Descriptor.Category.Name());
        json.WriteString("severity", answer.Descriptor.Severity.Name());
        WriteDetails(json, answer, errorId);
        json.WriteEndObject();

        json.WriteString("timestamp", time.GetUtcNow().UtcDateTime);
        json.WriteString("request_id", context.TraceIdentifier);
        json.WriteString("trace_id", Activity.Current?.TraceId.ToHexString());
        json.WriteString("path", path);
        json.WriteEndObject();
    }

    private void WriteDetails(Utf8JsonWriter json, ErrorAnswer answer, string? errorId)
    {
        json.WriteStartObject("details");
        if (errorId is not null) json.WriteString("error_id", errorId);
        if (answer.Fields.Count > 0)
        {
            json.WriteStartArray("errors");
            foreach (var field in answer.Fields.Take(MostFields))
            {
                json.WriteStartObject();
                json.WriteString("field", field.Field);
                json.WriteString("message", field.Message);
                json.WriteString("type", field.Type);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        foreach (var (name, value) in answer.Details)
        {
            json.WritePropertyName(JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
            JsonSerializer.Serialize(json, redactor.Redact(name, value), Values);
        }

        json.WriteEndObject();
    }
}
