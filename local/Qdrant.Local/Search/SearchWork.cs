using Qdrant.Local.Filters;
using Qdrant.Local.Indexes;
using Qdrant.Local.Points;

namespace Qdrant.Local.Search;

/// <summary>
/// Splits a scan over the slots of a view among the processors. Each worker takes the next stretch when it is done with one, so
/// that a slow core does not hold up the answer.
/// </summary>
internal static class SearchWork
{
    /// <summary>Slots per stretch. A multiple of 64, so that stretches share no word of a slot set.</summary>
    public const int Stretch = 1024;

    /// <summary>What is scanned per stretch: the slots to look at, in a view, under a filter.</summary>
    public delegate void ScanStretch<in TState>(TState state, int from, int to, PointScope? scope);

    /// <summary>Calls <paramref name="scan"/> for every stretch of the view with one state per worker.</summary>
    /// <param name="view">The view.</param>
    /// <param name="plan">The filter; its rest decides whether workers get a scope.</param>
    /// <param name="costPerSlot">Bytes that looking at a slot takes, to tell whether other processors are worth waking.</param>
    /// <param name="newState">Makes a worker's state.</param>
    /// <param name="scan">Looks at the slots of a stretch.</param>
    /// <returns>The states of the workers that ran.</returns>
    public static List<TState> Run<TState>(ReadView view, FilterPlan plan, int costPerSlot, Func<TState> newState, ScanStretch<TState> scan)
    {
        const long worthAnotherWorker = 1 << 20;
        var limit = view.SlotLimit;
        var stretches = (limit + Stretch - 1) / Stretch;
        var bytes = (long)limit * (plan.Rest is null ? costPerSlot : Math.Max(costPerSlot, 2048));
        var workers = (int)Math.Clamp(bytes / worthAnotherWorker, 1, Math.Min(Environment.ProcessorCount, Math.Max(1, stretches)));
        var states = new List<TState>(workers);
        for (var i = 0; i < workers; i++) states.Add(newState());

        var next = -1;
        void Work(int worker)
        {
            using var scope = plan.Rest is null ? null : new PointScope(view);
            for (int stretch; (stretch = Interlocked.Increment(ref next)) < stretches;)
                scan(states[worker], stretch * Stretch, Math.Min(limit, (stretch + 1) * Stretch), scope);
        }

        if (workers == 1) Work(0);
        else Parallel.For(0, workers, Work);
        return states;
    }

    /// <summary>Whether a slot is in the view and under the filter.</summary>
    public static bool Includes(ReadView view, FilterPlan plan, int slot, PointScope? scope)
    {
        if (plan.Candidates is { } candidates && !candidates.Contains(slot)) return false;
        if (!view.IsVisible(slot)) return false;
        if (scope is null) return true;
        scope.MoveTo(slot);
        return plan.Rest!.Holds(scope);
    }
}
