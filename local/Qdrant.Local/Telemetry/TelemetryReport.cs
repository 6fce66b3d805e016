using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Qdrant.Local.Collections;
using Qdrant.Local.Http;

namespace Qdrant.Local.Telemetry;

/// <summary>Writes <c>/telemetry</c>: what the server is, how many collections it holds, and what was asked of it.</summary>
internal static class TelemetryReport
{
    private const double MicrosecondsPerSecond = 1e6;

    public static void Write(Utf8JsonWriter json, CollectionStore collections, RequestStatistics statistics, ulong level, bool perCollection)
    {
        json.WriteStartObject();
        json.WriteString("id", "local");
        json.WriteStartObject("app");
        json.WriteString("name", "qdrant");
        json.WriteString("version", ServerVersion.Version);
        using (var process = Process.GetCurrentProcess()) json.WriteString("startup", process.StartTime.ToUniversalTime());
        if (level >= 1)
        {
            json.WriteStartObject("features");
            json.WriteBoolean("debug", false);
            json.WriteBoolean("recovery_mode", false);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        WriteCollections(json, collections, level);
        json.WriteStartObject("cluster");
        json.WriteBoolean("enabled", false);
        json.WriteEndObject();
        WriteRequests(json, statistics, perCollection);
        if (level >= 1) WriteProcess(json);
        json.WriteStartObject("quota");
        json.WriteStartObject("config");
        json.WriteEndObject();
        json.WriteStartObject("exceeded");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteProcess(Utf8JsonWriter json)
    {
        using var process = Process.GetCurrentProcess();
        json.WriteStartObject("memory");
        json.WriteNumber("active_bytes", process.PrivateMemorySize64);
        json.WriteNumber("allocated_bytes", GC.GetTotalMemory(forceFullCollection: false));
        json.WriteNumber("metadata_bytes", 0);
        json.WriteNumber("resident_bytes", process.WorkingSet64);
        json.WriteNumber("retained_bytes", process.VirtualMemorySize64);
        json.WriteEndObject();
        json.WriteStartObject("hardware");
        json.WriteStartObject("collection_data");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteNull("search_pool");
    }

    private static void WriteCollections(Utf8JsonWriter json, CollectionStore collections, ulong level)
    {
        var all = collections.All;
        json.WriteStartObject("collections");
        json.WriteNumber("number_of_collections", all.Count);
        if (level >= 1)
        {
            json.WriteStartArray("collections");
            foreach (var collection in all)
            {
                json.WriteStartObject();
                if (level == 1) WriteSummary(json, collection);
                else WriteDetails(json, collection);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("snapshots");
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteSummary(Utf8JsonWriter json, Collection collection)
    {
        json.WriteNumber("vectors", (long)collection.Points.State.Count * collection.Points.Fields.Count);
        json.WriteString("optimizers_status", "ok");
        json.WritePropertyName("params");
        collection.Config["params"]!.WriteTo(json);
    }

    private static void WriteDetails(Utf8JsonWriter json, Collection collection)
    {
        json.WriteString("id", collection.Name);
        json.WriteNumber("init_time_ms", 0);
        json.WritePropertyName("config");
        collection.Config.WriteTo(json);
    }

    private static void WriteRequests(Utf8JsonWriter json, RequestStatistics statistics, bool perCollection)
    {
        json.WriteStartObject("requests");
        json.WriteStartObject("rest");
        WriteResponses(json, "responses", statistics.Snapshot(perCollection: false));
        if (perCollection)
        {
            json.WriteStartObject("per_collection_responses");
            foreach (var byCollection in statistics.Snapshot(perCollection: true).Where(c => c.Key.Collection is not null).GroupBy(c => c.Key.Collection!))
                WriteResponses(json, byCollection.Key, byCollection);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("grpc");
        json.WriteStartObject("responses");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResponses(Utf8JsonWriter json, string name, IEnumerable<RequestCount> counts)
    {
        json.WriteStartObject(name);
        foreach (var route in counts.GroupBy(c => $"{c.Key.Method} {c.Key.Route}"))
        {
            json.WriteStartObject(route.Key);
            foreach (var count in route) WriteCount(json, count);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteCount(Utf8JsonWriter json, RequestCount count)
    {
        json.WriteStartObject(count.Key.Status.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("count", count.Count);
        json.WriteNumber("avg_duration_micros", count.TotalSeconds / count.Count * MicrosecondsPerSecond);
        json.WriteNumber("min_duration_micros", count.MinSeconds * MicrosecondsPerSecond);
        json.WriteNumber("max_duration_micros", count.MaxSeconds * MicrosecondsPerSecond);
        json.WriteNumber("total_duration_micros", (long)(count.TotalSeconds * MicrosecondsPerSecond));
        json.WriteString("last_responded", count.Last);
        json.WriteEndObject();
    }
}
