using System.Globalization;
using System.Text.Json.Nodes;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>Qdrant's filters said again as plainly as possible, straight on the JSON of filter and payload: the oracle for the server's.</summary>
internal static class NaiveFilter
{
    public static bool Holds(JsonNode filter, ulong id, JsonObject payload)
    {
        bool One(JsonNode? condition) => Condition(condition!.AsObject(), id, payload);
        JsonNode?[] Part(JsonNode of, string name) => of[name] switch { null => [], JsonArray list => [.. list], var one => [one] };
        var should = Part(filter, "should");
        return Part(filter, "must").All(One)
            && !Part(filter, "must_not").Any(One)
            && (should.Length == 0 || should.Any(One))
            && (filter["min_should"] is not { } min || Part(min, "conditions").Count(One) >= (int)min["min_count"]!);
    }

    private static bool Condition(JsonObject condition, ulong id, JsonObject payload)
    {
        if (condition["has_id"] is JsonArray ids) return ids.Any(i => (ulong)i! == id);
        if (condition["is_empty"] is JsonObject empty) return Values(payload, (string)empty["key"]!).All(v => v is null || v is JsonArray { Count: 0 });
        if (condition["is_null"] is JsonObject isNull) return Values(payload, (string)isNull["key"]!).Any(v => v is null);
        if (condition["nested"] is JsonObject nested)
            return Values(payload, (string)nested["key"]! + "[]").OfType<JsonObject>().Any(o => Holds(nested["filter"]!, ulong.MaxValue, o));
        if (condition["key"] is null) return Holds(condition, id, payload);
        var values = Values(payload, (string)condition["key"]!);
        if (condition["values_count"] is { } counts) return values.Count == 0 ? InRange(0, counts) : values.Any(v => InRange(v is null ? 0 : v is JsonArray a ? a.Count : 1, counts));
        if (condition["is_empty"] is JsonValue wantsEmpty) return values.Count == 0 ? (bool)wantsEmpty : values.Any(v => (v is null or JsonArray { Count: 0 }) == (bool)wantsEmpty);
        if (condition["is_null"] is JsonValue wantsNull) return values.Count == 0 ? !(bool)wantsNull : values.Any(v => (v is null || (v is JsonArray a && a.Contains(null))) == (bool)wantsNull);
        var flat = values.SelectMany(v => v is JsonArray a ? a.ToArray() : [v]);
        return condition["match"] is { } match ? flat.Any(v => Match(v, match)) : flat.Any(v => IsNumber(v) && InRange((double)v!, condition["range"]!));
    }

    private static bool Match(JsonNode? value, JsonNode match)
    {
        if (match["value"] is { } wanted) return Same(value, wanted);
        if (match["any"] is JsonArray any) return any.Any(w => Same(value, w!));
        if (match["except"] is JsonArray except) return value is not null && !except.Any(w => Same(value, w!));
        return value is JsonValue text && text.TryGetValue<string>(out var stored) && stored.Contains((string)match["text"]!, StringComparison.Ordinal);
    }

    // Text with text, booleans with booleans, and whole numbers with whole numbers as they were written: 1.0 is none.
    private static bool Same(JsonNode? value, JsonNode wanted) =>
        value is JsonValue && value.GetValueKind() == wanted.GetValueKind() && value.ToJsonString() == wanted.ToJsonString();

    private static bool IsNumber(JsonNode? value) => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number;

    private static bool InRange(double value, JsonNode range) =>
        (range["lt"] is not { } lt || value < (double)lt) && (range["gt"] is not { } gt || value > (double)gt)
        && (range["lte"] is not { } lte || value <= (double)lte) && (range["gte"] is not { } gte || value >= (double)gte);

    private static List<JsonNode?> Values(JsonNode? root, string path)
    {
        List<JsonNode?> values = [root];
        foreach (var step in path.Replace("[", ".[", StringComparison.Ordinal).Split('.'))
        {
            values = [.. values.SelectMany(v => Step(v, step))];
        }

        return values;
    }

    private static IEnumerable<JsonNode?> Step(JsonNode? value, string step)
    {
        if (step == "[]") return value is JsonArray all ? all : [];
        if (step[0] != '[') return value is JsonObject o && o.TryGetPropertyValue(step, out var member) ? [member] : [];
        var index = int.Parse(step.AsSpan(1, step.Length - 2), CultureInfo.InvariantCulture);
        return value is JsonArray array && index < array.Count ? [array[index]] : [];
    }
}
