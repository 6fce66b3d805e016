using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Json;

namespace Qdrant.Local.Queries;

/// <summary>Reads the older search request, in which the vector may carry its name.</summary>
internal static class SearchRequestParser
{
    private const string UnknownVector = "data did not match any variant of untagged enum NamedVectorStruct";

    public static QueryRequest Parse(JsonElement body, Violations violations, string path)
    {
        var vector = body.AsObject("struct SearchRequest").Required("vector");
        if (!body.TryGetProperty("limit", out var given) && !body.TryGetProperty("top", out given)) throw QdrantException.Format("missing field `limit`");
        var limit = given.AsUInt64();
        violations.AtLeast(path + "limit", limit, 1);
        var name = string.Empty;
        if (vector.ValueKind == JsonValueKind.Object)
        {
            name = vector.Required("name").AsString();
            vector = vector.Required("vector");
        }

        if (vector.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)) throw QdrantException.Format(UnknownVector);
        return new QueryRequest(
            new NearestQuery(QueryVectorParser.Parse(vector, violations, path + "vector")), name,
            FilterParser.ParseMember(body, violations, path + "filter"), limit,
            body.TryMember("offset", out var offset) ? offset.AsUInt64() : 0,
            body.TryMember("score_threshold", out var threshold) ? threshold.AsFloat() : null,
            SearchParameters.Parse(body, violations, path), [], null);
    }
}
