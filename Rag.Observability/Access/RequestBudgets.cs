namespace Rag.Observability.Access;

/// <summary>
/// A token bucket for each caller: as many requests at once as the limit allows for a minute, refilled evenly. Bounded in callers: when there are too many, full buckets go,
/// which changes nothing for their owners.
/// </summary>
internal sealed class RequestBudgets(TimeProvider time)
{
    private const int MostCallers = 50_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    public RequestBudget Take(string caller, int limit)
    {
        var perSecond = limit / 60.0;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (!_buckets.TryGetValue(caller, out var bucket))
            {
                if (_buckets.Count >= MostCallers) MakeRoom(now);
                bucket = new Bucket(limit, now, limit);
            }

            var tokens = Math.Min(limit, bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));
            var isGranted = tokens >= 1;
            if (isGranted) tokens--;
            _buckets[caller] = new Bucket(tokens, now, limit);
            return new RequestBudget(
                isGranted, limit, (int)tokens, TimeSpan.FromSeconds((limit - tokens) / perSecond), isGranted ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - tokens) / perSecond));
        }
    }

    private void MakeRoom(long now)
    {
        foreach (var (caller, bucket) in _buckets)
        {
            if (bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalSeconds * bucket.Limit / 60.0) >= bucket.Limit) _buckets.Remove(caller);
        }

        // All of them are busy: forgetting them is kinder than refusing newcomers.
        if (_buckets.Count >= MostCallers) _buckets.Clear();
    }

    private readonly record struct Bucket(double Tokens, long At, int Limit);
}
