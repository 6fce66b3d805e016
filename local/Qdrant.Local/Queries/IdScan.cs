using Qdrant.Local.Filters;
using Qdrant.Local.Indexes;
using Qdrant.Local.Points;
using Qdrant.Local.Search;

namespace Qdrant.Local.Queries;

/// <summary>Points in the order of their ids.</summary>
internal static class IdScan
{
    /// <summary>The slots of the <paramref name="count"/> smallest ids that are not below <paramref name="from"/>, ascending.</summary>
    public static List<int> Find(ReadView view, FilterPlan plan, PointId from, int count)
    {
        var parts = SearchWork.Run(
            view, plan, 32, () => new PriorityQueue<int, PointId>(Descending.Instance),
            (PriorityQueue<int, PointId> smallest, int start, int end, PointScope? scope) =>
            {
                var slot = plan.Candidates?.Next(start) ?? start;
                for (; slot < end; slot = plan.Candidates?.Next(slot + 1) ?? slot + 1)
                {
                    // The id first: it is cheaper than the filter, and most ids lie outside a page.
                    var id = view.Id(slot);
                    if (id < from || (smallest.Count == count && smallest.TryPeek(out _, out var largest) && id > largest)) continue;
                    if (!SearchWork.Includes(view, plan, slot, scope)) continue;
                    if (smallest.Count < count) smallest.Enqueue(slot, id);
                    else smallest.EnqueueDequeue(slot, id);
                }
            });
        return [.. parts.SelectMany(p => p.UnorderedItems).OrderBy(i => i.Priority).Take(count).Select(i => i.Element)];
    }

    /// <summary>How many points there are.</summary>
    public static int Count(ReadView view, FilterPlan plan)
    {
        if (plan.Candidates is null && plan.Rest is null) return view.Count;
        if (plan is { Candidates: { } exact, Rest: null }) return exact.Count();
        var parts = SearchWork.Run(view, plan, 32, () => new int[1], (int[] count, int start, int end, PointScope? scope) =>
        {
            var slot = plan.Candidates?.Next(start) ?? start;
            for (; slot < end; slot = plan.Candidates?.Next(slot + 1) ?? slot + 1)
            {
                if (SearchWork.Includes(view, plan, slot, scope)) count[0]++;
            }
        });
        return parts.Sum(c => c[0]);
    }

    private sealed class Descending : IComparer<PointId>
    {
        public static Descending Instance { get; } = new();

        public int Compare(PointId x, PointId y) => y.CompareTo(x);
    }
}
