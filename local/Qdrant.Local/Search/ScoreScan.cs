using Qdrant.Local.Filters;
using Qdrant.Local.Indexes;
using Qdrant.Local.Points;

namespace Qdrant.Local.Search;

/// <summary>A scan with any rank: sparse vectors, multivectors, examples.</summary>
internal static class ScoreScan
{
    /// <summary>Finds the best slots.</summary>
    /// <param name="view">The points.</param>
    /// <param name="plan">Which points count.</param>
    /// <param name="k">How many to find.</param>
    /// <param name="costPerSlot">Bytes that a rank looks at.</param>
    /// <param name="rank">The rank of a slot, larger is better; null to leave it out. Called from several threads.</param>
    public static List<Candidate> Find(ReadView view, FilterPlan plan, int k, int costPerSlot, Func<int, float?> rank)
    {
        void Scan(TopK best, int from, int to, PointScope? scope)
        {
            var slot = plan.Candidates?.Next(from) ?? from;
            for (; slot < to; slot = plan.Candidates?.Next(slot + 1) ?? slot + 1)
            {
                if (SearchWork.Includes(view, plan, slot, scope) && rank(slot) is { } found) best.Offer(found, slot);
            }
        }

        return DenseSearch.Merge(SearchWork.Run(view, plan, costPerSlot, () => new TopK(k), Scan), k);
    }
}
