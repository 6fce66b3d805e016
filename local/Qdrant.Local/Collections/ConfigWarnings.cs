using System.Text.Json.Nodes;

namespace Qdrant.Local.Collections;

/// <summary>What Qdrant warns about in a configuration that it accepts.</summary>
internal static class ConfigWarnings
{
    public static IEnumerable<string> Of(JsonObject config)
    {
        if (config["params"]?["vectors"] is not JsonObject vectors) yield break;
        var byName = vectors["size"] is JsonValue ? [KeyValuePair.Create(string.Empty, (JsonNode?)vectors)] : vectors.ToList();
        foreach (var (name, settings) in byName)
        {
            if ((settings?["hnsw_config"]?["inline_storage"] ?? config["hnsw_config"]?["inline_storage"])?.GetValue<bool>() != true) continue;
            if (settings?["multivector_config"] is not null) yield return $"The `hnsw_config.inline_storage` option for vector '{name}' is not compatible with multivectors. This option will be ignored.";
            else if ((settings?["quantization_config"] ?? config["quantization_config"]) is null) yield return $"The `hnsw_config.inline_storage` option for vector '{name}' requires quantization to be enabled. This option will be ignored.";
        }
    }
}
