using System.Diagnostics.Metrics;
using Rag.Observability;

namespace Rag.Core.Embeddings.Cache;

/// <summary>Lookups of both caches, and their hit ratios over the last <see cref="HitRatio.Window"/> lookups.</summary>
internal sealed class EmbeddingCacheTelemetry
{
    private const string MemoryType = "embedding_memory";
    private const string DatabaseType = "embedding_database";

    private readonly HitRatio _memory = new();
    private readonly HitRatio _database = new();
    private readonly Counter<long> _lookups;

    public EmbeddingCacheTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryNames.Source);
        _lookups = meter.CreateCounter<long>(TelemetryNames.Metrics.CacheLookups, "{lookup}", "Lookups in caches by their result: hit, miss, or skipped where the cache did not answer.");
        meter.CreateObservableGauge(TelemetryNames.Metrics.CacheHitRatio, Observe, "1", "Share of hits among the last lookups in a cache.");
    }

    public void Memory(int hits, int misses) => Record(MemoryType, _memory, hits, misses);

    public void Database(int hits, int misses) => Record(DatabaseType, _database, hits, misses);

    public void DatabaseSkipped(int count) => Count(DatabaseType, "skipped", count);

    private void Record(string type, HitRatio ratio, int hits, int misses)
    {
        ratio.Add(hits, misses);
        Count(type, "hit", hits);
        Count(type, "miss", misses);
    }

    private void Count(string type, string result, int count)
    {
        if (count == 0) return;
        _lookups.Add(count, new(TelemetryNames.Tags.MetricCacheType, type), new(TelemetryNames.Tags.MetricCacheResult, result));
    }

    private IEnumerable<Measurement<double>> Observe()
    {
        if (_memory.Value is { } memory) yield return new(memory, new KeyValuePair<string, object?>(TelemetryNames.Tags.MetricCacheType, MemoryType));
        if (_database.Value is { } database) yield return new(database, new KeyValuePair<string, object?>(TelemetryNames.Tags.MetricCacheType, DatabaseType));
    }
}
