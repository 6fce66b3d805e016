using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Json;

namespace Qdrant.Local.Points;

/// <summary><c>with_payload</c>: all of it, nothing, or the parts that paths include or do not exclude.</summary>
internal sealed class PayloadSelector
{
    private const string Expected = "Expected a boolean, an array of strings, or an object with an include/exclude field";

    private readonly IReadOnlyList<PayloadPath> _include = [];
    private readonly IReadOnlyList<PayloadPath> _exclude = [];
    private readonly bool _isFiltered;

    private PayloadSelector(bool isWanted) => IsWanted = isWanted;

    private PayloadSelector(IReadOnlyList<PayloadPath>? include, IReadOnlyList<PayloadPath>? exclude)
    {
        (IsWanted, _isFiltered) = (true, true);
        _include = include ?? [];
        _exclude = exclude ?? [];
        IncludesOnly = include is not null;
    }

    public static PayloadSelector All { get; } = new(isWanted: true);

    public static PayloadSelector None { get; } = new(isWanted: false);

    public bool IsWanted { get; }

    private bool IncludesOnly { get; }

    public static PayloadSelector Parse(JsonElement body, bool otherwise)
    {
        if (!body.TryMember("with_payload", out var value)) return otherwise ? All : None;
        switch (value.ValueKind)
        {
            case JsonValueKind.True:
                return All;
            case JsonValueKind.False:
                return None;
            case JsonValueKind.Array:
                return new PayloadSelector(Paths(value), null);
            case JsonValueKind.Object when value.GetPropertyCount() == 1 && value.TryGetProperty("include", out var include):
                return new PayloadSelector(Paths(include), null);
            case JsonValueKind.Object when value.GetPropertyCount() == 1 && value.TryGetProperty("exclude", out var exclude):
                return new PayloadSelector(null, Paths(exclude));
            default:
                throw QdrantException.Format(Expected);
        }
    }

    /// <summary>Writes the selected part of a payload as an object.</summary>
    public void Write(Utf8JsonWriter json, byte[]? payload)
    {
        if (payload is null)
        {
            json.WriteStartObject();
            json.WriteEndObject();
        }
        else if (!_isFiltered)
        {
            json.WriteRawValue(payload, skipInputValidation: true);
        }
        else
        {
            using var document = JsonDocument.Parse(payload, PayloadJson.ReadOptions);
            WriteObject(json, document.RootElement, []);
        }
    }

    private static List<PayloadPath> Paths(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array) throw QdrantException.Format(Expected);
        var paths = new List<PayloadPath>();
        foreach (var path in list.EnumerateArray())
        {
            if (path.ValueKind != JsonValueKind.String) throw QdrantException.Format(Expected);
            paths.Add(PayloadPath.Parse(path.GetText()));
        }

        return paths;
    }

    private void WriteObject(Utf8JsonWriter json, JsonElement value, List<PayloadPath.Step> path)
    {
        json.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            path.Add(PayloadPath.Member(member.Name));
            if (IsSelected(path))
            {
                json.WritePropertyName(member.Name);
                WriteValue(json, member.Value, path);
            }

            path.RemoveAt(path.Count - 1);
        }

        json.WriteEndObject();
    }

    private void WriteValue(Utf8JsonWriter json, JsonElement value, List<PayloadPath.Step> path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(json, value, path);
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                path.Add(PayloadPath.EachElement);
                foreach (var element in value.EnumerateArray())
                {
                    if (IsSelected(path)) WriteValue(json, element, path);
                }

                path.RemoveAt(path.Count - 1);
                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    // Included: on the way to a wanted path or below one. Excluded: the path itself and below.
    private bool IsSelected(List<PayloadPath.Step> path) => IncludesOnly
        ? _include.Any(p => p.Steps.Zip(path).All(pair => pair.First == pair.Second))
        : !_exclude.Any(p => p.Steps.Count <= path.Count && p.Steps.Zip(path).All(pair => pair.First == pair.Second));
}
