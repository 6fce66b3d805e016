using Qdrant.Local.Collections;
using Qdrant.Local.Http;

namespace Qdrant.Local.Endpoints;

/// <summary>Writes the answer to a write.</summary>
internal static class UpdateOutput
{
    public static Task WriteAsync(HttpContext context, UpdateResult result) => Envelope.WriteAsync(context, json => Write(json, result));

    public static void Write(System.Text.Json.Utf8JsonWriter json, UpdateResult result)
    {
        json.WriteStartObject();
        if (result.OperationId is { } id) json.WriteNumber("operation_id", id);
        json.WriteString("status", result.Durable ? "completed" : "acknowledged");
        json.WriteEndObject();
    }
}
