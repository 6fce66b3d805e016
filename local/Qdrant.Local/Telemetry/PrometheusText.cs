using System.Diagnostics;
using System.Globalization;
using System.Text;
using Qdrant.Local.Collections;
using Qdrant.Local.Http;

namespace Qdrant.Local.Telemetry;

/// <summary>Writes <c>/metrics</c> with Qdrant's names, in the Prometheus text format.</summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();

    public static string Write(CollectionStore collections, RequestStatistics statistics, bool perCollection)
    {
        var text = new PrometheusText();
        text.WriteApp();
        text.WriteCollections(collections);
        text.WriteMemory();
        text.WriteRequests(statistics.Snapshot(perCollection));
        return text._text.ToString();
    }

    private void WriteApp()
    {
        Head("app_info", "information about qdrant server", "gauge");
        Value("app_info", 1, ("name", "qdrant"), ("version", ServerVersion.Version));
        Head("app_status_recovery_mode", "features enabled in qdrant server", "gauge");
        Value("app_status_recovery_mode", 0);
        Head("cluster_enabled", "is cluster support enabled", "gauge");
        Value("cluster_enabled", 0);
    }

    private void WriteCollections(CollectionStore collections)
    {
        var all = collections.All;
        Head("collections_total", "number of collections", "gauge");
        Value("collections_total", all.Count);
        Head("collection_points", "approximate amount of points per collection", "gauge");
        foreach (var collection in all) Value("collection_points", collection.Points.State.Count, ("id", collection.Name));
        Head("collections_vector_total", "total number of vectors in all collections", "gauge");
        Value("collections_vector_total", all.Sum(c => (long)c.Points.State.Count * c.Points.Fields.Count));
        Head("collection_update_queue_length", "number of pending operations in update queues per collection", "gauge");
        foreach (var collection in all) Value("collection_update_queue_length", collection.QueueLength, ("id", collection.Name));
    }

    private void WriteMemory()
    {
        using var process = Process.GetCurrentProcess();
        Head("memory_resident_bytes", "Maximum number of bytes in physically resident data pages mapped", "gauge");
        Value("memory_resident_bytes", process.WorkingSet64);
        Head("process_threads", "number of threads in the process", "gauge");
        Value("process_threads", process.Threads.Count);
    }

    private void WriteRequests(IReadOnlyList<RequestCount> counts)
    {
        Requests("rest_responses_total", "total number of responses", "counter", counts, c => c.Count);
        Requests("rest_responses_avg_duration_seconds", "average response duration", "gauge", counts, c => c.TotalSeconds / c.Count);
        Requests("rest_responses_min_duration_seconds", "minimum response duration", "gauge", counts, c => c.MinSeconds);
        Requests("rest_responses_max_duration_seconds", "maximum response duration", "gauge", counts, c => c.MaxSeconds);
    }

    private void Requests(string name, string help, string type, IReadOnlyList<RequestCount> counts, Func<RequestCount, double> value)
    {
        if (counts.Count == 0) return;
        Head(name, help, type);
        foreach (var count in counts)
        {
            var key = count.Key;
            var status = key.Status.ToString(CultureInfo.InvariantCulture);
            if (key.Collection is null) Value(name, value(count), ("method", key.Method), ("endpoint", key.Route), ("status", status));
            else Value(name, value(count), ("method", key.Method), ("endpoint", key.Route), ("status", status), ("collection", key.Collection));
        }
    }

    private void Head(string name, string help, string type) =>
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private void Value(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        }

        if (labels.Length > 0) _text.Append('}');
        _text.Append(CultureInfo.InvariantCulture, $" {value}\n");
    }

    private static string Escape(string value) =>
        value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
