using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;

namespace Qdrant.Local.Filters;

/// <summary>Reads conditions of the form <c>{"key": …, …}</c>.</summary>
internal static class FieldConditionParser
{
    private const string NoCondition = "At least one field condition must be specified";

    public static FieldCondition Parse(JsonElement element, PayloadPath key, Violations violations, string path)
    {
        var tests = new List<IValueTest>();
        if (element.TryMember("match", out var match)) tests.Add(ParseMatch(match));
        if (element.TryMember("range", out var range)) tests.Add(ParseRange(range));
        GeoParser.Parse(element, tests);
        var count = element.TryMember("values_count", out var values) ? ParseCount(values) : null;
        bool? isEmpty = element.TryMember("is_empty", out var empty) ? empty.AsBool() : null;
        bool? isNull = element.TryMember("is_null", out var nil) ? nil.AsBool() : null;
        if (tests.Count == 0 && count is null && isEmpty is null && isNull is null) violations.Add(path, NoCondition);
        return new FieldCondition(key, tests, count, isEmpty, isNull);
    }

    private static IValueTest ParseMatch(JsonElement match)
    {
        match.AsObject("a match condition");
        if (match.TryGetProperty("value", out var value)) return ParseValue(value);
        if (match.TryGetProperty("text", out var text)) return new MatchText(text.AsString(), TextMode.All);
        if (match.TryGetProperty("text_any", out var any)) return new MatchText(any.AsString(), TextMode.Any);
        if (match.TryGetProperty("phrase", out var phrase)) return new MatchText(phrase.AsString(), TextMode.Phrase);
        if (match.TryGetProperty("prefix", out var prefix)) return new MatchText(prefix.AsString(), TextMode.Prefix);
        if (match.TryGetProperty("any", out var list)) return ParseList(list);
        if (match.TryGetProperty("except", out var except)) return new MatchExcept(ParseList(except));
        throw QdrantException.Format("data did not match any variant of untagged enum MatchInterface");
    }

    private static MatchAnyOf ParseValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new MatchAnyOf(new HashSet<string>(StringComparer.Ordinal) { value.GetText() }, new HashSet<long>()),
        JsonValueKind.Number when value.TryGetInt64(out var number) => new MatchAnyOf(new HashSet<string>(), new HashSet<long> { number }),
        JsonValueKind.True or JsonValueKind.False => new MatchAnyOf(new HashSet<string>(), new HashSet<long>(), value.GetBoolean()),
        _ => throw QdrantException.Format("data did not match any variant of untagged enum ValueVariants"),
    };

    private static MatchAnyOf ParseList(JsonElement list)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        var integers = new HashSet<long>();
        foreach (var value in list.AsArray("a list of strings or of integers").EnumerateArray())
        {
            if (value.ValueKind == JsonValueKind.String && integers.Count == 0) texts.Add(value.GetText());
            else if (value.ValueKind == JsonValueKind.Number && texts.Count == 0 && value.TryGetInt64(out var number)) integers.Add(number);
            else throw QdrantException.Format("data did not match any variant of untagged enum AnyVariants");
        }

        return new MatchAnyOf(texts, integers);
    }

    private static IValueTest ParseRange(JsonElement range)
    {
        range.AsObject("a range");
        ReadOnlySpan<string> names = ["lt", "gt", "lte", "gte"];
        foreach (var name in names)
        {
            if (range.TryGetProperty(name, out var bound) && bound.ValueKind == JsonValueKind.String) return new DateRange(ReadBounds(range, Date));
        }

        return new NumberRange(ReadBounds(range, e => e.AsDouble()));
    }

    private static Bounds<T> ReadBounds<T>(JsonElement range, Func<JsonElement, T> read)
        where T : struct, System.Numerics.IComparisonOperators<T, T, bool>
    {
        T? Bound(string name) => range.TryMember(name, out var value) ? read(value) : null;
        return new Bounds<T>(Bound("lt"), Bound("gt"), Bound("lte"), Bound("gte"));
    }

    private static long Date(JsonElement element)
    {
        var text = element.AsString();
        return PayloadDate.TryParse(text, out var time)
            ? time
            : throw QdrantException.Format($"'{text}' does not match accepted datetime format (RFC3339). Example: 2014-01-01T00:00:00Z");
    }

    private static ValuesCount ParseCount(JsonElement element)
    {
        element.AsObject("struct ValuesCount");
        ulong? Bound(string name) => element.TryMember(name, out var value) ? value.AsUInt64() : null;
        return new ValuesCount(Bound("lt"), Bound("gt"), Bound("gte"), Bound("lte"));
    }
}
