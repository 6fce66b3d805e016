using System.Collections.Concurrent;

namespace Qdrant.Local.Telemetry;

/// <summary>Counts and times of answers, per route, status and collection.</summary>
internal sealed class RequestStatistics
{
    private readonly ConcurrentDictionary<RequestKey, Counter> _counters = new();

    public void Record(string method, string route, string? collection, int status, TimeSpan duration) =>
        _counters.GetOrAdd(new RequestKey(method, route, collection, status), _ => new Counter()).Record(duration);

    /// <summary>All counters, with the collection or summed up over them.</summary>
    public IReadOnlyList<RequestCount> Snapshot(bool perCollection) =>
    [
        .. _counters.Select(c => (Key: perCollection ? c.Key : c.Key with { Collection = null }, Count: c.Value.Read()))
            .GroupBy(c => c.Key)
            .Select(g => new RequestCount(
                g.Key, g.Sum(c => c.Count.Count), g.Sum(c => c.Count.TotalSeconds), g.Min(c => c.Count.MinSeconds), g.Max(c => c.Count.MaxSeconds)))
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
        private (long Count, double TotalSeconds, double MinSeconds, double MaxSeconds) _values = (0, 0, double.MaxValue, 0);

        public void Record(TimeSpan duration)
        {
            lock (_lock)
            {
                var seconds = duration.TotalSeconds;
                _values = (_values.Count + 1, _values.TotalSeconds + seconds, Math.Min(_values.MinSeconds, seconds), Math.Max(_values.MaxSeconds, seconds));
            }
        }

        public (long Count, double TotalSeconds, double MinSeconds, double MaxSeconds) Read()
        {
            lock (_lock) return _values;
        }
    }
}
