namespace Rag.Observability.Audit.Suspicion;

/// <summary>One key is used from many addresses at once, as keys are that have got into other hands.</summary>
internal sealed class KeySpreadDetector(SuspicionOptions options, TimeProvider time)
{
    private const int MostKeys = 1000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, long>> _addresses = new(StringComparer.Ordinal);

    /// <summary>Risk 0.7 at the limit, 1 at twice the limit.</summary>
    public Suspicion? Observe(string keyId, string address)
    {
        int count;
        lock (_lock)
        {
            if (!_addresses.TryGetValue(keyId, out var seen))
            {
                if (_addresses.Count >= MostKeys) _addresses.Clear();
                _addresses[keyId] = seen = new Dictionary<string, long>(StringComparer.Ordinal);
            }

            var isNew = !seen.ContainsKey(address);
            seen[address] = time.GetTimestamp();
            if (!isNew) return null;

            foreach (var (other, last) in seen)
            {
                if (time.GetElapsedTime(last) > Window) seen.Remove(other);
            }

            count = seen.Count;
        }

        if (count < options.AddressesPerKey) return null;
        var risk = Math.Min(1, 0.7 + (0.3 * (count - options.AddressesPerKey) / options.AddressesPerKey));
        return new Suspicion("key_used_from_many_addresses", Math.Round(risk, 2), new Dictionary<string, object?>(StringComparer.Ordinal) { ["addresses"] = count, ["minutes"] = 10 });
    }
}
