namespace Rag.Observability.Audit.Suspicion;

/// <summary>One address tries key after key.</summary>
internal sealed class FailedKeyDetector(SuspicionOptions options, TimeProvider time)
{
    private readonly SlidingCounter _failures = new(TimeSpan.FromMinutes(5), time);

    /// <summary>Risk 0.6 at the limit, 0.9 at five times the limit, 1 beyond.</summary>
    public Suspicion? Observe(string address)
    {
        var count = _failures.Add(address);
        if (count < options.FailedKeys) return null;
        var risk = Math.Min(1, 0.6 + (0.3 * (count - options.FailedKeys) / (4.0 * options.FailedKeys)));
        return new Suspicion("repeated_failed_keys", Math.Round(risk, 2), new Dictionary<string, object?>(StringComparer.Ordinal) { ["failures"] = (int)count, ["minutes"] = 5 });
    }
}
