using Qdrant.Local.Search;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Queries;

/// <summary>
/// Maximal marginal relevance (Carbonell and Goldstein 1998): takes, one after another, the candidate with the largest
/// (1 − w) · likeness to the query − w · likeness to the most alike of those taken.
/// </summary>
internal static class DiverseChoice
{
    public static List<Candidate> Choose(List<Candidate> nearest, VectorColumn column, float weight, int count)
    {
        var left = new List<Candidate>(nearest);
        var closest = new Dictionary<int, float>();
        var chosen = new List<Candidate>();
        while (left.Count > 0 && chosen.Count < count)
        {
            var best = left.MaxBy(c => ((1 - weight) * c.Score) - (weight * closest.GetValueOrDefault(c.Slot)));
            left.Remove(best);
            chosen.Add(best);
            var example = ExampleVector.Stored(column, best.Slot);
            foreach (var candidate in left)
            {
                var likeness = example.Rank(column, candidate.Slot) ?? 0;
                closest[candidate.Slot] = closest.TryGetValue(candidate.Slot, out var known) ? MathF.Max(known, likeness) : likeness;
            }
        }

        return chosen;
    }
}
