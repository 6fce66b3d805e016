namespace Rag.Benchmarks.Eval;

/// <summary>
/// How good one ranking is. nDCG with the grades as gains and log2(rank + 1) as discount (Järvelin and Kekäläinen 2002, the form of trec_eval),
/// recall in the first 10 and 100, and one over the rank of the first relevant document (0 beyond 100).
/// </summary>
internal sealed record QueryMeasures(double Ndcg10, double Recall10, double Recall100, double ReciprocalRank)
{
    public static QueryMeasures Of(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> relevant)
    {
        var gain = ranking.Take(10).Select((id, i) => relevant.GetValueOrDefault(id) / Math.Log2(i + 2)).Sum();
        var ideal = relevant.Values.OrderDescending().Take(10).Select((grade, i) => grade / Math.Log2(i + 2)).Sum();
        var first = ranking.Take(100).Select((id, i) => (id, i)).Where(hit => relevant.ContainsKey(hit.id)).Select(hit => 1.0 / (hit.i + 1)).FirstOrDefault();
        return new QueryMeasures(
            gain / ideal,
            (double)ranking.Take(10).Count(relevant.ContainsKey) / relevant.Count,
            (double)ranking.Take(100).Count(relevant.ContainsKey) / relevant.Count,
            first);
    }

    public static QueryMeasures Mean(IReadOnlyCollection<QueryMeasures> all) => new(
        all.Average(m => m.Ndcg10), all.Average(m => m.Recall10), all.Average(m => m.Recall100), all.Average(m => m.ReciprocalRank));
}
