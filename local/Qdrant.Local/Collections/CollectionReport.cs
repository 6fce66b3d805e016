using System.Text.Json;
using Qdrant.Local.Indexes;
using Qdrant.Local.Points;

namespace Qdrant.Local.Collections;

/// <summary>What <c>GET /collections/{name}</c> tells.</summary>
internal static class CollectionReport
{
    public static void Write(Utf8JsonWriter json, Collection collection)
    {
        using var view = collection.Points.OpenView();
        var damage = collection.Notes.Where(n => n.IsDamage).ToList();
        json.WriteStartObject();
        json.WriteString("status", damage.Count == 0 ? "green" : "yellow");
        json.WritePropertyName("optimizer_status");
        if (damage.Count == 0)
        {
            json.WriteStringValue("ok");
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("error", $"{damage.Sum(d => d.Bytes)} bytes of the log were damaged and skipped when the server started");
            json.WriteEndObject();
        }

        WriteWarnings(json, [.. ConfigWarnings.Of(collection.Config)]);
        json.WriteNumber("points_count", view.Count);
        json.WriteNumber("indexed_vectors_count", IndexedVectors(collection, view));
        json.WriteNumber("segments_count", 1);
        json.WriteStartObject("update_queue");
        json.WriteNumber("length", collection.QueueLength);
        json.WriteEndObject();
        json.WritePropertyName("config");
        collection.Config.WriteTo(json);
        json.WriteStartObject("payload_schema");
        foreach (var index in collection.Points.Indexes.All) WriteIndex(json, index, view);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteWarnings(Utf8JsonWriter json, List<string> warnings)
    {
        if (warnings.Count == 0) return;
        json.WriteStartArray("warnings");
        foreach (var warning in warnings)
        {
            json.WriteStartObject();
            json.WriteString("message", warning);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // There is no approximate index, but callers wait for this number to grow: it counts what Qdrant would have indexed by now.
    private static long IndexedVectors(Collection collection, ReadView view)
    {
        const long bytesPerKilobyte = 1024;
        var threshold = collection.Config["optimizer_config"]?["indexing_threshold"]?.GetValue<long>() ?? 0;
        if (threshold == 0) return 0;
        return collection.Points.Fields.Where(f => (long)view.Count * f.Size * sizeof(float) > threshold * bytesPerKilobyte).Sum(_ => (long)view.Count);
    }

    private static void WriteIndex(Utf8JsonWriter json, PayloadIndex index, ReadView view)
    {
        var slots = new SlotSet(view.SlotLimit);
        index.CollectIndexed(view, slots);
        json.WriteStartObject(index.Path.Text);
        json.WriteString("data_type", index.Type);
        if (index.Parameters is { } parameters)
        {
            json.WritePropertyName("params");
            parameters.WriteTo(json);
        }

        json.WriteNumber("points", slots.Count());
        json.WriteEndObject();
    }
}
