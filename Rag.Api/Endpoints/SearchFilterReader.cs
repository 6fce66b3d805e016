using System.Text.Json;
using Rag.Core.Search;
using Rag.Observability.Errors;

namespace Rag.Api.Endpoints;

/// <summary>
/// Reads the filter of a search: <c>{"source": text | [text], "source_type": text | [text], "published_at": {"gt"|"gte"|"lt"|"lte": time},
/// "metadata": {field: value | [value]}}</c>. A value of metadata is text, a whole number or a boolean.
/// </summary>
internal static class SearchFilterReader
{
    private const int MostValues = 100;
    private const int MostFields = 16;
    private const int LongestField = 128;
    private const int LongestValue = 1024;
    private const string Root = "filter";

    public static SearchFilter? Read(JsonElement? json, List<FieldError> errors)
    {
        if (json is not { } filter || filter.ValueKind == JsonValueKind.Null) return null;
        try
        {
            return Read(filter, errors);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: JSON can write it down, but no text can hold it.
            errors.Add(new FieldError(Root, "Expected texts and names in valid Unicode.", "wrong_type"));
            return null;
        }
    }

    private static SearchFilter? Read(JsonElement filter, List<FieldError> errors)
    {
        if (filter.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new FieldError(Root, "Expected an object.", "wrong_type"));
            return null;
        }

        var result = new SearchFilter();
        foreach (var member in filter.EnumerateObject())
        {
            var path = $"{Root}.{member.Name}";
            switch (member.Name)
            {
                case "source":
                    result = result with { Sources = Texts(member.Value, path, errors) };
                    break;
                case "source_type":
                    result = result with { SourceTypes = Texts(member.Value, path, errors) };
                    break;
                case "published_at":
                    result = result with { Published = Range(member.Value, path, errors) };
                    break;
                case "metadata":
                    result = result with { Metadata = Metadata(member.Value, path, errors) };
                    break;
                default:
                    errors.Add(new FieldError(
                        $"{Root}.{Shorten(member.Name)}", "Unknown member. Expected source, source_type, published_at or metadata.", "unknown"));
                    break;
            }
        }

        return result;
    }

    private static string Shorten(string name) => name.Length <= LongestField ? name : name[..LongestField] + "…";

    private static IReadOnlyList<string>? Texts(JsonElement json, string path, List<FieldError> errors)
    {
        var values = Values(json, path, errors);
        if (values is null) return null;
        if (!values.TrueForAll(IsText))
        {
            errors.Add(new FieldError(path, $"Expected a text of at most {LongestValue} characters, or a list of such texts.", "wrong_type"));
            return null;
        }

        return [.. values.Select(value => value.GetString()!)];
    }

    private static bool IsText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= LongestValue } text && !text.Contains('\0', StringComparison.Ordinal);

    private static List<JsonElement>? Values(JsonElement json, string path, List<FieldError> errors)
    {
        if (json.ValueKind != JsonValueKind.Array) return [json];
        if (json.GetArrayLength() is > 0 and <= MostValues) return [.. json.EnumerateArray()];
        errors.Add(new FieldError(path, $"Expected 1 to {MostValues} values.", "out_of_range"));
        return null;
    }

    private static TimeRange? Range(JsonElement json, string path, List<FieldError> errors)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new FieldError(path, "Expected an object with gt, gte, lt or lte.", "wrong_type"));
            return null;
        }

        var range = new TimeRange();
        foreach (var bound in json.EnumerateObject())
        {
            if (bound.Name is not ("gt" or "gte" or "lt" or "lte"))
                errors.Add(new FieldError($"{path}.{Shorten(bound.Name)}", "Unknown member. Expected gt, gte, lt or lte.", "unknown"));
            else if (bound.Value.ValueKind != JsonValueKind.String || !bound.Value.TryGetDateTimeOffset(out var moment))
                errors.Add(new FieldError($"{path}.{bound.Name}", "Expected a date or a time in ISO 8601, for example 2026-01-31T00:00:00Z.", "wrong_type"));
            else
                range = With(range, bound.Name, moment);
        }

        return range;
    }

    private static TimeRange With(TimeRange range, string bound, DateTimeOffset moment) => bound switch
    {
        "gt" => range with { After = moment },
        "gte" => range with { From = moment },
        "lt" => range with { Before = moment },
        _ => range with { Until = moment },
    };

    private static Dictionary<string, IReadOnlyList<MetadataValue>>? Metadata(JsonElement json, string path, List<FieldError> errors)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new FieldError(path, "Expected an object of fields and values.", "wrong_type"));
            return null;
        }

        var fields = new Dictionary<string, IReadOnlyList<MetadataValue>>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            var name = $"{path}.{Shorten(member.Name)}";
            if (member.Name.Length is 0 or > LongestField || member.Name.AsSpan().IndexOfAny('"', '\\', '\0') >= 0)
                errors.Add(new FieldError(name, $"Expected a field name of 1 to {LongestField} characters without quotes and backslashes.", "wrong_type"));
            else if (fields.Count == MostFields)
                errors.Add(new FieldError(path, $"Expected at most {MostFields} fields.", "out_of_range"));
            else if (Values(member.Value, name, errors) is { } values)
                fields[member.Name] = Convert(values, name, errors);
        }

        return fields;
    }

    private static List<MetadataValue> Convert(List<JsonElement> values, string path, List<FieldError> errors)
    {
        var converted = new List<MetadataValue>(values.Count);
        foreach (var value in values)
        {
            if (IsText(value))
                converted.Add(new MetadataValue(value.GetString()!));
            else if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number))
                converted.Add(new MetadataValue(number));
            else if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
                converted.Add(new MetadataValue(value.GetBoolean()));
            else
                errors.Add(new FieldError(path, "Expected a text, a whole number or a boolean, or a list of these.", "wrong_type"));
        }

        return converted;
    }
}
