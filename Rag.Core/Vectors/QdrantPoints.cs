using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rag.Core.Vectors;

/// <summary>Writes points as Qdrant reads them.</summary>
internal static class QdrantPoints
{
    public static async Task WriteAsync(Utf8JsonWriter writer, IReadOnlyList<VectorPoint> points, CancellationToken cancellationToken)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("points");
        foreach (var point in points)
        {
            writer.WriteStartObject();
            writer.WriteString("id", point.Id);
            writer.WritePropertyName("vector");
            WriteVector(writer, point.Vector.Span);
            WritePayload(writer, point.Payload);
            writer.WriteEndObject();
            await writer.FlushAsync(cancellationToken);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void WriteVector(Utf8JsonWriter writer, ReadOnlySpan<float> vector)
    {
        writer.WriteStartArray();
        foreach (var component in vector) writer.WriteNumberValue(component);
        writer.WriteEndArray();
    }

    public static void WriteIds(Utf8JsonWriter writer, string member, IEnumerable<Guid> ids)
    {
        writer.WriteStartArray(member);
        foreach (var id in ids) writer.WriteStringValue(id);
        writer.WriteEndArray();
    }

    private static void WritePayload(Utf8JsonWriter writer, VectorPayload payload)
    {
        writer.WriteStartObject("payload");
        writer.WriteString(QdrantFilter.DocumentId, payload.DocumentId);
        if (payload.Source is not null) writer.WriteString(QdrantFilter.Source, payload.Source);
        writer.WriteString(QdrantFilter.SourceType, payload.SourceType);
        if (payload.PublishedAt is { } published) writer.WriteString(QdrantFilter.PublishedAt, QdrantFilter.Format(published));
        writer.WritePropertyName(QdrantFilter.Metadata);
        WriteNode(writer, payload.Metadata);
        writer.WriteEndObject();
    }

    // 5.0 and 5 are the same number to jsonb but not to Qdrant's match: whole numbers are written as such, so that both stores filter alike.
    private static void WriteNode(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                writer.WriteStartObject();
                foreach (var (name, value) in members)
                {
                    writer.WritePropertyName(name);
                    WriteNode(writer, value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray elements:
                writer.WriteStartArray();
                foreach (var element in elements) WriteNode(writer, element);
                writer.WriteEndArray();
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number && WholeNumber(value) is { } whole:
                writer.WriteNumberValue(whole);
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }

    private static long? WholeNumber(JsonValue value) =>
        decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && decimal.IsInteger(number) && number is >= long.MinValue and <= long.MaxValue
            ? (long)number
            : null;
}
