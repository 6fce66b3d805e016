using Qdrant.Local.Filters;
using Qdrant.Local.Indexes;
using Qdrant.Local.Points;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Search;

/// <summary>Exact nearest neighbours among dense vectors: every visible vector is compared, so recall is 1 by construction.</summary>
internal static unsafe class DenseSearch
{
    /// <summary>Finds the best slots.</summary>
    /// <param name="view">The points.</param>
    /// <param name="column">Their vectors.</param>
    /// <param name="query">As many numbers as the vectors have; normalised for cosine.</param>
    /// <param name="plan">Which points count.</param>
    /// <param name="k">How many to find.</param>
    /// <param name="useQuantized">Whether to go over the int8 copy first, where there is one.</param>
    /// <returns>The best, in no order; ranks are larger for better ones.</returns>
    public static List<Candidate> Find(ReadView view, DenseColumn column, ReadOnlySpan<float> query, FilterPlan plan, int k, bool useQuantized)
    {
        fixed (float* address = query)
        {
            var target = new Target(view, column, (nint)address, plan);
            if (useQuantized && column.Quantized is { } quantized && column.Field.Distance is not Distance.Manhattan)
                return QuantizedSearch.Find(target, quantized, k);
            return column.Field.Distance switch
            {
                Distance.Euclid => Scan<EuclidMetric>(target, k),
                Distance.Manhattan => Scan<ManhattanMetric>(target, k),
                _ => Scan<DotMetric>(target, k),
            };
        }
    }

    /// <summary>The rank of one slot.</summary>
    public static float Rank(Target target, int slot)
    {
        var query = (float*)target.Query;
        var row = target.Column.Row(slot);
        var length = target.Column.Field.Size;
        return target.Column.Field.Distance switch
        {
            Distance.Euclid => -Kernels.Evaluate<EuclidMetric>(query, row, length),
            Distance.Manhattan => -Kernels.Evaluate<ManhattanMetric>(query, row, length),
            _ => Kernels.Evaluate<DotMetric>(query, row, length),
        };
    }

    /// <summary>Keeps the best of what several workers found.</summary>
    public static List<Candidate> Merge(List<TopK> found, int k)
    {
        using var best = new TopK(k);
        foreach (var part in found)
        {
            foreach (var candidate in part.Candidates) best.Offer(candidate.Score, candidate.Slot);
            part.Dispose();
        }

        return [.. best.Candidates];
    }

    private static List<Candidate> Scan<TMetric>(Target target, int k)
        where TMetric : struct, IMetric =>
        Merge(SearchWork.Run(target.View, target.Plan, target.Column.RowBytes, () => new TopK(k), (best, from, to, scope) => ScanStretch<TMetric>(target, best, from, to, scope)), k);

    private static void ScanStretch<TMetric>(Target target, TopK best, int from, int to, PointScope? scope)
        where TMetric : struct, IMetric
    {
        var (view, column, plan) = (target.View, target.Column, target.Plan);
        var query = (float*)target.Query;
        var length = column.Field.Size;
        var threshold = best.Threshold;
        var full = best.IsFull;
        var isScan = plan.Candidates is null;
        var slot = plan.Candidates?.Next(from) ?? from;
        for (; slot < to; slot = plan.Candidates?.Next(slot + 1) ?? slot + 1)
        {
            if (!column.Has(slot) || !SearchWork.Includes(view, plan, slot, scope)) continue;
            var row = column.Row(slot);
            var rank = TMetric.Rank(isScan ? Kernels.EvaluateInScan<TMetric>(query, row, length) : Kernels.Evaluate<TMetric>(query, row, length));
            if (full && !(rank > threshold)) continue;
            best.Offer(rank, slot);
            threshold = best.Threshold;
            full = best.IsFull;
        }
    }

    /// <summary>What is searched for, where.</summary>
    internal sealed record Target(ReadView View, DenseColumn Column, nint Query, FilterPlan Plan);
}
