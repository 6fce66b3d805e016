using Qdrant.Local.Search;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Queries;

/// <summary>Ranks by examples, as Qdrant's custom queries compute them.</summary>
internal static class ExampleRanks
{
    /// <summary>The rank function of a query; called from several threads.</summary>
    public static Func<int, float> For(Query query, VectorColumn column, ExampleResolver resolver)
    {
        switch (query)
        {
            case RecommendQuery recommend:
                var good = recommend.Positive.Select(resolver.Resolve).ToList();
                var bad = recommend.Negative.Select(resolver.Resolve).ToList();
                return recommend.Strategy == RecommendStrategy.BestScore
                    ? slot => Best(Max(good, column, slot), Max(bad, column, slot))
                    : slot => good.Sum(e => Rank(e, column, slot)) - bad.Sum(e => Rank(e, column, slot));
            case DiscoverQuery discover:
                var target = resolver.Resolve(discover.Target);
                var sides = Resolve(discover.Context, resolver);
                return slot => sides.Sum(p => Rank(p.Good, column, slot).CompareTo(Rank(p.Bad, column, slot))) + ScaledSigmoid(Rank(target, column, slot));
            case ContextQuery context:
                var pairs = Resolve(context.Pairs, resolver);
                return slot => pairs.Sum(p => Sigmoid(MathF.Min(0, Rank(p.Good, column, slot) - Rank(p.Bad, column, slot) - Margin)));
            default:
                throw new ArgumentOutOfRangeException(nameof(query), query, "not a query by examples");
        }
    }

    // The machine epsilon of f32, as in Qdrant.
    private const float Margin = 1.1920929e-7f;

    private static List<(ExampleVector Good, ExampleVector Bad)> Resolve(IEnumerable<ContextPair> pairs, ExampleResolver resolver) =>
        [.. pairs.Select(p => (resolver.Resolve(p.Positive), resolver.Resolve(p.Negative)))];

    private static float Rank(ExampleVector example, VectorColumn column, int slot) => example.Rank(column, slot) ?? 0;

    private static float Max(List<ExampleVector> examples, VectorColumn column, int slot) =>
        examples.Count == 0 ? float.NegativeInfinity : examples.Max(e => Rank(e, column, slot));

    private static float Best(float good, float bad) => good > bad ? ScaledSigmoid(good) : -ScaledSigmoid(bad);

    private static float Sigmoid(float x) => x / (1 + MathF.Abs(x));

    private static float ScaledSigmoid(float x) => 0.5f * (Sigmoid(x) + 1);
}
