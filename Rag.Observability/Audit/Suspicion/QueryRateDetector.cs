namespace Rag.Observability.Audit.Suspicion;

/// <summary>One caller asks as fast as nobody reads: somebody copies the collection.</summary>
internal sealed class QueryRateDetector(SuspicionOptions options, TimeProvider time)
{
    private readonly SlidingCounter _queries = new(TimeSpan.FromMinutes(1), time);

    /// <summary>Risk 0.5 at the limit, 0.8 at four times the limit, never more: load tests look the same.</summary>
    public Suspicion? Observe(string caller)
    {
        var count = _queries.Add(caller);
        if (count < options.QueriesPerMinute) return null;
        var risk = Math.Min(0.8, 0.5 + (0.1 * (count - options.QueriesPerMinute) / options.QueriesPerMinute));
        return new Suspicion("scraping_like_query_rate", Math.Round(risk, 2), new Dictionary<string, object?>(StringComparer.Ordinal) { ["queries_per_minute"] = (int)count });
    }
}
