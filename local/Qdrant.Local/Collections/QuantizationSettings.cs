using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;

namespace Qdrant.Local.Collections;

/// <summary>Reads <c>quantization_config</c>. Only <c>scalar</c> has an effect here: an int8 copy for the first pass of searches.</summary>
internal static class QuantizationSettings
{
    private static readonly string[] Kinds = ["scalar", "product", "binary", "turbo"];

    public static JsonObject Read(JsonElement element, string path, Violations violations)
    {
        element.AsObject("a quantization config");
        foreach (var kind in Kinds)
        {
            if (!element.TryMember(kind, out var settings)) continue;
            settings.AsObject($"struct {kind} quantization");
            if (kind == "scalar") CheckScalar(settings, path, violations);
            if (kind == "product") CheckProduct(settings);
            return new JsonObject { [kind] = Copy(settings) };
        }

        throw QdrantException.Format("data did not match any variant of untagged enum QuantizationConfig");
    }

    /// <summary>Whether a configuration asks for an int8 copy.</summary>
    public static bool IsScalar(JsonNode? quantization) => quantization is JsonObject settings && settings.ContainsKey("scalar");

    private static void CheckScalar(JsonElement settings, string path, Violations violations)
    {
        if (settings.Required("type").AsString() is var type and not "int8") throw QdrantException.Format($"unknown variant `{type}`, expected `int8`");
        if (!settings.TryMember("quantile", out var value)) return;
        var quantile = value.AsDouble("f32");
        if (quantile is < 0.5 or > 1)
            violations.Add($"{path}.scalar.quantile", FormattableString.Invariant($"value {quantile:0.0###} invalid, must be from 0.5 to 1.0"));
    }

    private static void CheckProduct(JsonElement settings)
    {
        if (settings.Required("compression").AsString() is var ratio and not ("x4" or "x8" or "x16" or "x32" or "x64"))
            throw QdrantException.Format($"unknown variant `{ratio}`, expected one of `x4`, `x8`, `x16`, `x32`, `x64`");
    }

    private static JsonObject Copy(JsonElement settings)
    {
        var copy = new JsonObject();
        foreach (var member in settings.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null) copy[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }

        return copy;
    }
}
