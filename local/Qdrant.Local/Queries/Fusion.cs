namespace Qdrant.Local.Queries;

/// <summary>Merges the results of several prefetches.</summary>
internal static class Fusion
{
    /// <summary>Reciprocal rank fusion: each source adds 1 / ((position + 1) / weight + k − 1).</summary>
    public static IEnumerable<ScoredSlot> ByRank(List<List<ScoredSlot>> sources, double k, IReadOnlyList<float>? weights)
    {
        if (weights is not null && weights.Count != sources.Count)
            throw Errors.QdrantException.BadRequest($"Number of RRF weights ({weights.Count}) must match number of prefetches ({sources.Count})");
        var sums = new Dictionary<int, float>();
        for (var source = 0; source < sources.Count; source++)
        {
            var weight = weights?[source] ?? 1;
            for (var position = 0; position < sources[source].Count; position++)
            {
                var score = weight <= 0 ? 0 : 1 / (((position + 1) / (double)weight) + k - 1);
                var slot = sources[source][position].Slot;
                sums[slot] = sums.GetValueOrDefault(slot) + (float)score;
            }
        }

        return sums.Select(s => new ScoredSlot(s.Key, s.Value));
    }

    /// <summary>Distribution-based fusion: scores are placed between mean − 3σ and mean + 3σ of their source, then added.</summary>
    public static IEnumerable<ScoredSlot> ByDistribution(List<List<ScoredSlot>> sources)
    {
        var sums = new Dictionary<int, float>();
        foreach (var source in sources)
        {
            var mean = source.Count == 0 ? 0 : source.Average(s => (double)s.Score);
            var variance = source.Count < 2 ? 0 : source.Sum(s => Math.Pow(s.Score - mean, 2)) / (source.Count - 1);
            var spread = 3 * Math.Sqrt(variance);
            foreach (var found in source)
            {
                var score = spread == 0 ? 0.5 : (found.Score - mean + spread) / (2 * spread);
                sums[found.Slot] = sums.GetValueOrDefault(found.Slot) + (float)score;
            }
        }

        return sums.Select(s => new ScoredSlot(s.Key, s.Value));
    }
}
