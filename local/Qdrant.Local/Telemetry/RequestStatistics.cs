using System.Collections.Concurrent;

namespace Qdrant.Local.Telemetry;

/// <summary>Counts and times of answers, per route, status and collection.</summary>
internal sealed class RequestStatistics(TimeProvider time)
{
    private readonly ConcurrentDictionary<RequestKey, Counter> _counters = new();

    public void Record(string method, string route, string? collection, int status, TimeSpan duration) =>
        _counters.GetOrAdd(new RequestKey(method, route, collection, status), _ => new Counter()).Record(duration.TotalSeconds, time.GetUtcNow());

    /// <summary>All counters, with the collection or summed up over them.</summary>
    public IReadOnlyList<RequestCount> Snapshot(bool perCollection) =>
    [
        .. _counters.Select(c => c.Value.Read(perCollection ? c.Key : c.Key with { Collection = null }))
            .GroupBy(c => c.Key)
            .Select(g => new RequestCount(g.Key, g.Sum(c => c.Count), g.Sum(c => c.TotalSeconds), g.Min(c => c.MinSeconds), g.Max(c => c.MaxSeconds), g.Max(c => c.Last)))
            .OrderBy(c => c.Key.Route, StringComparer.Ordinal).ThenBy(c => c.Key.Method, StringComparer.Ordinal).ThenBy(c => c.Key.Status),
    ];

    /// <summary>Drops what was counted for a collection that is gone, so that names do not pile up.</summary>
    public void Forget(string collection)
    {
        foreach (var key in _counters.Keys.Where(k => k.Collection == collection)) _counters.TryRemove(key, out _);
    }

    private sealed class Counter
    {
        private readonly Lock _lock = new();
        private long _count;
        private double _total;
        private double _min = double.MaxValue;
        private double _max;
        private DateTimeOffset _last;

        public void Record(double seconds, DateTimeOffset now)
        {
            lock (_lock)
            {
                _count++;
                _total += seconds;
                _min = Math.Min(_min, seconds);
                _max = Math.Max(_max, seconds);
                _last = now;
            }
        }

        public RequestCount Read(RequestKey key)
        {
            lock (_lock) return new RequestCount(key, _count, _total, _min, _max, _last);
        }
    }
}
