using Qdrant.Local.Filters;
using Qdrant.Local.Points;

namespace Qdrant.Local.Indexes;

/// <summary>
/// A filter made ready for one view: what indexes can answer has become a set of slots, what they cannot is left as a filter to
/// be evaluated on each of them.
/// </summary>
/// <param name="Candidates">The slots that the indexes leave; null when no index had a say.</param>
/// <param name="Rest">What is still to be checked on a candidate; null when nothing is.</param>
internal sealed record FilterPlan(SlotSet? Candidates, Filter? Rest)
{
    public static FilterPlan Everything { get; } = new(null, null);

    public static FilterPlan For(Filter? filter, ReadView view)
    {
        if (filter is null) return Everything;
        SlotSet? candidates = null;
        List<Condition> must = [], mustNot = [];
        foreach (var condition in filter.Must) Split(Exact(condition, view), condition, must, set => Keep(ref candidates, set));
        foreach (var condition in filter.MustNot) Split(Exact(condition, view), condition, mustNot, set => Drop(ref candidates, set, view));
        var should = filter.Should;
        if (should is not null && Union(should, view) is { } union)
        {
            Keep(ref candidates, union);
            should = null;
        }

        var rest = new Filter([.. must.Select(c => Bind(c, view))], [.. mustNot.Select(c => Bind(c, view))],
            should?.Select(c => Bind(c, view)).ToList(),
            filter.MinShould is { } min ? min with { Conditions = [.. min.Conditions.Select(c => Bind(c, view))] } : null);
        var nothingLeft = rest is { Must.Count: 0, MustNot.Count: 0, Should: null, MinShould: null };
        return new FilterPlan(candidates, nothingLeft ? null : rest);
    }

    private static void Split(SlotSet? exact, Condition condition, List<Condition> unanswered, Action<SlotSet> apply)
    {
        if (exact is null) unanswered.Add(condition);
        else apply(exact);
    }

    private static void Keep(ref SlotSet? candidates, SlotSet set)
    {
        if (candidates is null) candidates = set;
        else candidates.IntersectWith(set);
    }

    private static void Drop(ref SlotSet? candidates, SlotSet set, ReadView view)
    {
        candidates ??= Visible(view);
        candidates.ExceptWith(set);
    }

    private static SlotSet Visible(ReadView view)
    {
        var all = new SlotSet(view.SlotLimit);
        for (var slot = 0; slot < view.SlotLimit; slot++)
        {
            if (view.IsVisible(slot)) all.Add(slot);
        }

        return all;
    }

    private static SlotSet? Union(IReadOnlyList<Condition> conditions, ReadView view)
    {
        var union = new SlotSet(view.SlotLimit);
        foreach (var condition in conditions)
        {
            if (Exact(condition, view) is not { } set) return null;
            union.UnionWith(set);
        }

        return union;
    }

    /// <summary>The visible slots for which the condition holds; null when no index can tell.</summary>
    private static SlotSet? Exact(Condition condition, ReadView view)
    {
        switch (Bind(condition, view))
        {
            case FieldCondition field when view.Store.Indexes.Find(field.Key) is { } index:
                var found = new SlotSet(view.SlotLimit);
                return index.TryFind(field, view, found) ? found : null;
            case HasIdCondition hasId:
                return ById(hasId, view);
            case FilterCondition inner:
                var plan = For(inner.Filter, view);
                return plan.Rest is null ? plan.Candidates : null;
            default:
                return null;
        }
    }

    private static SlotSet? ById(HasIdCondition condition, ReadView view)
    {
        var found = new SlotSet(view.SlotLimit);
        foreach (var id in condition.Ids)
        {
            // Gone or rewritten since the view was opened, or never there: only the view's own points can tell.
            if (!view.TryFind(id, out var slot) || slot >= view.SlotLimit || !view.IsVisible(slot)) return null;
            found.Add(slot);
        }

        return found;
    }

    /// <summary>Gives text matches on text-indexed fields their meaning in words.</summary>
    private static Condition Bind(Condition condition, ReadView view)
    {
        if (condition is FilterCondition inner)
        {
            var filter = inner.Filter;
            return new FilterCondition(new Filter(
                [.. filter.Must.Select(c => Bind(c, view))], [.. filter.MustNot.Select(c => Bind(c, view))],
                filter.Should?.Select(c => Bind(c, view)).ToList(),
                filter.MinShould is { } min ? min with { Conditions = [.. min.Conditions.Select(c => Bind(c, view))] } : null));
        }

        if (condition is not FieldCondition field || view.Store.Indexes.Find(field.Key) is not TextIndex index || !field.Tests.Any(t => t is MatchText)) return condition;
        return field with
        {
            Tests = [.. field.Tests.Select(t => t is MatchText { Mode: not TextMode.Prefix } text
                ? new TokenMatch(index.Tokenizer, [.. index.Tokenizer.QueryWords(text.Text)], text.Mode) : t)],
        };
    }
}
