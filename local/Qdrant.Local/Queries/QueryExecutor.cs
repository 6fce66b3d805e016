using Qdrant.Local.Collections;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Formulas;
using Qdrant.Local.Indexes;
using Qdrant.Local.Points;
using Qdrant.Local.Search;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Queries;

/// <summary>Runs queries on a view of a collection.</summary>
/// <param name="collections">Where <c>lookup_from</c> looks.</param>
/// <param name="collection">The collection that is searched.</param>
/// <param name="view">Its points.</param>
/// <param name="random">For samples.</param>
internal sealed class QueryExecutor(CollectionStore collections, Collection collection, ReadView view, Random random)
{
    /// <summary>Runs a query; best first.</summary>
    public List<ScoredSlot> Run(QueryRequest request)
    {
        var wanted = (int)Math.Min((ulong)view.SlotLimit, Saturated(request.Limit, request.Offset));
        var found = Rank(request, wanted);
        var rest = found.Skip((int)Math.Min(request.Offset, int.MaxValue));
        return [.. rest.Take((int)Math.Min(request.Limit, int.MaxValue))];
    }

    private static ulong Saturated(ulong a, ulong b) => a + b < a ? ulong.MaxValue : a + b;

    private List<ScoredSlot> Rank(QueryRequest request, int k)
    {
        if (request.Query is FusionQuery fusion) return Fused(request, fusion, k);
        if (request.Query is FormulaQuery formula) return ByFormula(request, formula, k);
        var plan = FilterPlan.For(request.Filter, view);
        if (request.Prefetch.Count > 0) plan = Within(plan, request);
        return request.Query switch
        {
            null => [.. IdScan.Find(view, plan, PointId.Smallest, k).Select(slot => new ScoredSlot(slot, 1))],
            OrderByQuery order => OrderScan.Find(view, plan, order, k, keepDuplicates: false),
            SampleQuery => Sampled(plan, k),
            _ => ByVector(request, plan, k),
        };
    }

    private List<ScoredSlot> ByVector(QueryRequest request, FilterPlan plan, int k)
    {
        var field = FieldOf(collection.Points.Fields, request.Using);
        var column = view.Column(field.Ordinal);
        var resolver = new ExampleResolver(collections, collection, view, field, request.Lookup);
        var found = request.Query switch
        {
            NearestQuery { Diversity: { } diversity } nearest => DiverseChoice.Choose(
                Nearest(request, column, resolver.Resolve(nearest.Vector), resolver.Without(plan), diversity.Candidates ?? Math.Max(k, 1)), column, diversity.Weight, k),
            NearestQuery nearest => Nearest(request, column, resolver.Resolve(nearest.Vector), resolver.Without(plan), k),
            RecommendQuery { Strategy: RecommendStrategy.AverageVector } recommend =>
                Nearest(request, column, resolver.Average(recommend), resolver.Without(plan), k),
            _ => ByExamples(request.Query!, column, resolver, plan, k),
        };
        var plain = request.Query is NearestQuery or RecommendQuery { Strategy: RecommendStrategy.AverageVector };
        var scored = found.Select(c => new ScoredSlot(c.Slot, plain ? Scores.FromRank(c.Score, field.Distance) : c.Score));
        if (request.ScoreThreshold is { } threshold) scored = scored.Where(s => Scores.Beats(s.Score, threshold, plain ? field.Distance : Distance.Dot));
        return [.. scored];
    }

    private static VectorField FieldOf(IReadOnlyList<VectorField> fields, string name) =>
        fields.FirstOrDefault(f => f.Name == name) ?? throw QdrantException.NoSuchVector(name);

    private List<Candidate> Nearest(QueryRequest request, VectorColumn column, ExampleVector example, FilterPlan plan, int k)
    {
        var found = column is DenseColumn dense
            ? DenseSearch.Find(view, dense, example.Rows[0], plan, k, request.UseQuantized)
            : ScoreScan.Find(view, plan, k, 256, slot => column.Has(slot) ? example.Rank(column, slot) : null);
        return Sorted(found);
    }

    private List<Candidate> ByExamples(Query query, VectorColumn column, ExampleResolver resolver, FilterPlan plan, int k)
    {
        var rank = ExampleRanks.For(query, column, resolver);
        return Sorted(ScoreScan.Find(view, resolver.Without(plan), k, 4096, slot => column.Has(slot) ? rank(slot) : null));
    }

    /// <summary>Best first; among equals the smaller id.</summary>
    private List<Candidate> Sorted(List<Candidate> found)
    {
        found.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : view.Id(a.Slot).CompareTo(view.Id(b.Slot)));
        return found;
    }

    /// <summary>A prefetch with the filter of the query that it is for: what that drops should not take up its places.</summary>
    private static QueryRequest Under(QueryRequest parent, QueryRequest prefetch)
    {
        if (parent.Filter is null) return prefetch;
        var both = prefetch.Filter is null ? parent.Filter : new Filter([new FilterCondition(parent.Filter), new FilterCondition(prefetch.Filter)], [], null, null);
        return prefetch with { Filter = both };
    }

    private FilterPlan Within(FilterPlan plan, QueryRequest request)
    {
        var slots = new SlotSet(view.SlotLimit);
        foreach (var prefetch in request.Prefetch)
        {
            foreach (var found in Run(Under(request, prefetch))) slots.Add(found.Slot);
        }

        if (plan.Candidates is not null) slots.IntersectWith(plan.Candidates);
        return plan with { Candidates = slots };
    }

    private List<ScoredSlot> Fused(QueryRequest request, FusionQuery fusion, int k)
    {
        var sources = request.Prefetch.Select(p => Run(Under(request, p))).ToList();
        if (request.Using.Length > 0) throw QdrantException.BadRequest("Fusion queries cannot be combined with the 'using' field.");
        if (sources.Count == 0) throw QdrantException.BadRequest("cannot do Fusion without prefetches");
        var fused = fusion.ByRank ? Fusion.ByRank(sources, fusion.RankConstant, fusion.Weights) : Fusion.ByDistribution(sources);
        var plan = FilterPlan.For(request.Filter, view);
        using var scope = plan.Rest is null ? null : new PointScope(view);
        return [.. fused.Where(s => SearchWork.Includes(view, plan, s.Slot, scope))
            .Where(s => request.ScoreThreshold is not { } threshold || s.Score > threshold)
            .OrderByDescending(s => s.Score).ThenBy(s => view.Id(s.Slot)).Take(k)];
    }

    private List<ScoredSlot> ByFormula(QueryRequest request, FormulaQuery formula, int k)
    {
        var sources = request.Prefetch.Select(p => Run(Under(request, p)).DistinctBy(s => s.Slot).ToDictionary(s => s.Slot, s => s.Score)).ToList();
        var plan = FilterPlan.For(request.Filter, view);
        var candidates = sources.Count == 0 ? IdScan.Find(view, plan, PointId.Smallest, int.MaxValue) : sources.SelectMany(s => s.Keys).Distinct();
        using var filterScope = plan.Rest is null ? null : new PointScope(view);
        using var point = new PointScope(view);
        var scope = new FormulaScope(sources, point);
        var scored = new List<ScoredSlot>();
        foreach (var slot in candidates)
        {
            if (!SearchWork.Includes(view, plan, slot, filterScope)) continue;
            point.MoveTo(slot);
            var score = (float)formula.Score(scope);
            if (!float.IsFinite(score)) throw QdrantException.WrongInput("The expression produced a non-finite number");
            if (request.ScoreThreshold is not { } threshold || score > threshold) scored.Add(new ScoredSlot(slot, score));
        }

        return [.. scored.OrderByDescending(s => s.Score).ThenBy(s => view.Id(s.Slot)).Take(k)];
    }

    private List<ScoredSlot> Sampled(FilterPlan plan, int k)
    {
        var slots = IdScan.Find(view, plan, PointId.Smallest, int.MaxValue).ToArray();
        random.Shuffle(slots);
        return [.. slots.Take(k).Select(slot => new ScoredSlot(slot, 0))];
    }
}
