using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;
using Qdrant.Local.Points;

namespace Qdrant.Local.Filters;

/// <summary>Reads filters from request bodies.</summary>
internal sealed class FilterParser(Violations violations)
{
    private const string UnknownCondition =
        "Expected some form of condition, which can be a field condition (like {\"key\": ..., \"match\": ... }), or some other mentioned in the documentation: https://qdrant.tech/documentation/concepts/filtering/#filtering-conditions";

    /// <summary>The filter in member <c>filter</c> of a body; null when there is none.</summary>
    public static Filter? ParseMember(JsonElement body, Violations violations, string path = "filter") =>
        body.TryMember("filter", out var filter) ? new FilterParser(violations).Parse(filter, path) : null;

    public Filter Parse(JsonElement element, string path)
    {
        element.AsObject("struct Filter").DenyUnknown("should", "min_should", "must", "must_not");
        var should = element.TryMember("should", out var value) ? Conditions(value, path + ".should") : null;
        return new Filter(
            element.TryMember("must", out var must) ? Conditions(must, path + ".must") : [],
            element.TryMember("must_not", out var mustNot) ? Conditions(mustNot, path + ".must_not") : [],
            should is { Count: 0 } ? null : should,
            element.TryMember("min_should", out var minShould) ? ParseMinShould(minShould, path + ".min_should") : null);
    }

    private MinShould ParseMinShould(JsonElement element, string path)
    {
        element.AsObject("struct MinShould").DenyUnknown("conditions", "min_count");
        var conditions = element.Required("conditions").AsArray();
        var count = element.Required("min_count").AsUInt64();
        violations.AtLeast(path + ".min_count", count, 1);
        return new MinShould(Conditions(conditions, path + ".conditions"), count);
    }

    private List<Condition> Conditions(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object) return [ParseCondition(element, path + "[0]")];
        var conditions = new List<Condition>();
        foreach (var condition in element.AsArray().EnumerateArray()) conditions.Add(ParseCondition(condition, $"{path}[{conditions.Count}]"));
        return conditions;
    }

    /// <summary>Reads one condition.</summary>
    public Condition ParseCondition(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object) throw QdrantException.Format(UnknownCondition);
        if (element.TryGetProperty("key", out var key))
        {
            if (key.ValueKind != JsonValueKind.String) throw QdrantException.Format("Filter condition 'key' must be a string");
            return FieldConditionParser.Parse(element, PayloadPath.Parse(key.GetText()), violations, path);
        }

        if (element.TryGetProperty("is_empty", out var empty)) return new IsEmptyCondition(KeyOf(empty));
        if (element.TryGetProperty("is_null", out var isNull)) return new IsNullCondition(KeyOf(isNull));
        if (element.TryGetProperty("has_id", out var ids)) return new HasIdCondition(IdsOf(ids));
        if (element.TryGetProperty("has_vector", out var vector)) return new HasVectorCondition(vector.AsString());
        if (element.TryGetProperty("nested", out var nested))
        {
            var inner = Parse(nested.AsObject("struct Nested").Required("filter"), path + ".nested.filter");
            return new NestedCondition(KeyOf(nested).ForEachElement(), inner);
        }

        try
        {
            return new FilterCondition(Parse(element, path));
        }
        catch (QdrantException e) when (e.Message.Contains("unknown field", StringComparison.Ordinal))
        {
            throw QdrantException.Format(UnknownCondition, e);
        }
    }

    private static PayloadPath KeyOf(JsonElement element) => PayloadPath.Parse(element.AsObject("a map").Required("key").AsString());

    private static HashSet<PointId> IdsOf(JsonElement element)
    {
        var ids = new HashSet<PointId>();
        foreach (var id in element.AsArray().EnumerateArray()) ids.Add(PointId.Parse(id));
        return ids;
    }
}
