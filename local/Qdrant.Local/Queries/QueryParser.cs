using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Formulas;
using Qdrant.Local.Json;

namespace Qdrant.Local.Queries;

/// <summary>Reads query requests.</summary>
internal sealed class QueryParser(Violations violations)
{
    private const string Expected = "Expected some form of vector, id, or a type of query";

    /// <summary>Reads a query; <paramref name="path"/> is what stands before its members in violations.</summary>
    public QueryRequest Parse(JsonElement body, string path)
    {
        body.AsObject("struct QueryRequest");
        var limit = Whole(body, "limit");
        if (limit is { } given) violations.AtLeast(path + "limit", given, 1);
        var request = new QueryRequest(
            body.TryMember("query", out var query) ? ParseQuery(query, path + "query") : null,
            body.TryMember("using", out var name) ? name.AsString() : string.Empty,
            FilterParser.ParseMember(body, violations, path + "filter"),
            limit ?? QueryRequest.DefaultLimit,
            Whole(body, "offset") ?? 0,
            body.TryMember("score_threshold", out var threshold) ? threshold.AsFloat() : null,
            SearchParameters.Parse(body, violations, path),
            ParsePrefetch(body, path),
            ParseLookup(body));
        return request;
    }

    /// <summary>Refuses combinations that have no meaning. Not for prefetches of a query, which are checked with it.</summary>
    public static void Check(QueryRequest request)
    {
        if (request.Query is null && request.Prefetch.Count > 0)
            throw QdrantException.BadRequest("A query is needed to merge the prefetches. Can't have prefetches without defining a query.");
        if (request.Query is null && request.ScoreThreshold is not null)
            throw QdrantException.BadRequest("A query is needed to use the score_threshold. Can't have score_threshold without defining a query.");
        if (request is { Query: OrderByQuery, ScoreThreshold: not null }) throw QdrantException.BadRequest("Can't use score_threshold with an order_by query.");
        foreach (var prefetch in request.Prefetch) Check(prefetch);
    }

    private static ulong? Whole(JsonElement body, string name) => body.TryMember(name, out var value) ? value.AsUInt64() : null;

    private static Lookup? ParseLookup(JsonElement body) => body.TryMember("lookup_from", out var lookup)
        ? new Lookup(lookup.AsObject("struct LookupLocation").Required("collection").AsString(), lookup.TryMember("vector", out var vector) ? vector.AsString() : null)
        : null;

    private List<QueryRequest> ParsePrefetch(JsonElement body, string path)
    {
        if (!body.TryMember("prefetch", out var prefetch)) return [];
        if (prefetch.ValueKind == JsonValueKind.Object) return [Parse(prefetch, path + "prefetch[0].")];
        var all = new List<QueryRequest>();
        foreach (var one in prefetch.AsArray().EnumerateArray()) all.Add(Parse(one, $"{path}prefetch[{all.Count}]."));
        return all;
    }

    private Query ParseQuery(JsonElement query, string path)
    {
        if (query.ValueKind != JsonValueKind.Object || query.TryGetProperty("indices", out _)) return new NearestQuery(Vector(query, path));
        if (query.TryMember("nearest", out var nearest)) return new NearestQuery(Vector(nearest, path + ".nearest"), ParseDiversity(query, path));
        if (query.TryMember("recommend", out var recommend)) return ParseRecommend(recommend, path);
        if (query.TryMember("discover", out var discover))
            return new DiscoverQuery(Vector(discover.AsObject("struct DiscoverInput").Required("target"), path + ".discover.target"), Pairs(discover.Required("context"), path));
        if (query.TryMember("context", out var context)) return new ContextQuery(Pairs(context, path));
        if (query.TryMember("order_by", out var order)) return OrderByParser.Parse(order);
        if (query.TryMember("fusion", out var fusion)) return new FusionQuery(Collections.VectorSettings.Choice(fusion, "rrf", "dbsf") == "rrf");
        if (query.TryMember("rrf", out var rrf)) return ParseRrf(rrf, path);
        if (query.TryMember("sample", out var sample) && Collections.VectorSettings.Choice(sample, "random") == "random") return new SampleQuery();
        if (query.TryMember("formula", out _)) return FormulaParser.Parse(query, violations);
        if (query.TryMember("relevance_feedback", out _)) throw QdrantException.BadRequest("this server does not know relevance_feedback queries; run Qdrant itself for them");
        throw QdrantException.Format(Expected);
    }

    private Diversity? ParseDiversity(JsonElement query, string path)
    {
        if (!query.TryMember("mmr", out var mmr)) return null;
        var weight = mmr.AsObject("struct Mmr").TryMember("diversity", out var diversity) ? diversity.AsFloat() : 0.5f;
        if (weight is < 0 or > 1) violations.Add(path + ".mmr.diversity", FormattableString.Invariant($"value {weight:0.0###} invalid, must be from 0.0 to 1.0"));
        const ulong most = 16_384;
        var candidates = Whole(mmr, "candidates_limit");
        if (candidates > most) violations.Add(path + ".mmr.candidates_limit", $"value {candidates} invalid, must be {most} or smaller");
        return new Diversity(weight, candidates is null ? null : (int)Math.Min(candidates.Value, most));
    }

    private RecommendQuery ParseRecommend(JsonElement recommend, string path)
    {
        recommend.AsObject("struct RecommendInput");
        var positive = recommend.TryMember("positive", out var good) ? Vectors(good, path) : [];
        var negative = recommend.TryMember("negative", out var bad) ? Vectors(bad, path) : [];
        if (positive.Count + negative.Count == 0) violations.Add(path + ".positives, negatives", "At least one positive or negative vector/id must be provided");
        var strategy = recommend.TryMember("strategy", out var chosen) ? Collections.VectorSettings.Choice(chosen, "average_vector", "best_score", "sum_scores") : null;
        return new RecommendQuery(positive, negative, strategy switch
        {
            "best_score" => RecommendStrategy.BestScore,
            "sum_scores" => RecommendStrategy.SumScores,
            _ => RecommendStrategy.AverageVector,
        });
    }

    private FusionQuery ParseRrf(JsonElement rrf, string path)
    {
        rrf.AsObject("struct Rrf");
        var constant = Whole(rrf, "k");
        if (constant is { } k) violations.AtLeast(path + ".rrf.k", k, 1);
        var weights = rrf.TryMember("weights", out var list) ? list.AsArray().EnumerateArray().Select(w => w.AsFloat()).ToList() : null;
        return new FusionQuery(ByRank: true, constant ?? 2, weights);
    }

    private List<ContextPair> Pairs(JsonElement context, string path)
    {
        var pairs = new List<ContextPair>();
        var given = context.ValueKind switch
        {
            JsonValueKind.Null => [],
            JsonValueKind.Object => [context],
            _ => context.AsArray().EnumerateArray().ToList(),
        };
        foreach (var pair in given)
            pairs.Add(new ContextPair(Vector(pair.AsObject("struct ContextPair").Required("positive"), path), Vector(pair.Required("negative"), path)));
        return pairs;
    }

    private List<QueryVector> Vectors(JsonElement list, string path) => [.. list.AsArray().EnumerateArray().Select(v => Vector(v, path))];

    private QueryVector Vector(JsonElement element, string path) => QueryVectorParser.Parse(element, violations, path);
}
