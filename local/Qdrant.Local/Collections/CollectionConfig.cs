using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Json;

namespace Qdrant.Local.Collections;

/// <summary>A collection's configuration, in the shape in which Qdrant shows it: what a body asked for over Qdrant's defaults.</summary>
internal static class CollectionConfig
{
    /// <summary>Reads the body of a creation.</summary>
    public static JsonObject Create(JsonElement body)
    {
        var violations = new Violations();
        body.AsObject("struct CreateCollection");
        var parameters = new JsonObject
        {
            ["vectors"] = body.TryMember("vectors", out var vectors) ? VectorSettings.ReadDense(vectors, violations) : new JsonObject(),
            ["shard_number"] = 1,
            ["replication_factor"] = 1,
            ["write_consistency_factor"] = 1,
            ["on_disk_payload"] = true,
        };
        Merge(parameters, ConfigSection.Params.Read(body, string.Empty, violations, "struct CreateCollection"));
        if (body.TryMember("sparse_vectors", out var sparse)) parameters["sparse_vectors"] = VectorSettings.ReadSparse(sparse, violations);
        var config = new JsonObject
        {
            ["params"] = parameters,
            ["hnsw_config"] = new JsonObject { ["m"] = 16, ["ef_construct"] = 100, ["full_scan_threshold"] = 10000, ["max_indexing_threads"] = 0, ["on_disk"] = false },
            ["optimizer_config"] = new JsonObject
            {
                ["deleted_threshold"] = 0.2,
                ["vacuum_min_vector_number"] = 1000,
                ["default_segment_number"] = 0,
                ["max_segment_size"] = null,
                ["memmap_threshold"] = null,
                ["indexing_threshold"] = 10000,
                ["flush_interval_sec"] = 5,
                ["max_optimization_threads"] = null,
            },
            ["wal_config"] = new JsonObject { ["wal_capacity_mb"] = 32, ["wal_segments_ahead"] = 0, ["wal_retain_closed"] = 1 },
            ["quantization_config"] = null,
        };
        MergeSections(config, body, violations);
        if (body.TryMember("metadata", out var metadata)) config["metadata"] = Copy(metadata.AsObject("a map"));
        violations.ThrowIfAny();
        RefuseSharedNames(parameters);
        return Settled(config);
    }

    /// <summary>Reads the body of a change and gives the changed copy of a configuration.</summary>
    public static JsonObject Patch(JsonObject current, JsonElement body)
    {
        var violations = new Violations();
        body.AsObject("struct UpdateCollection");
        var config = current.DeepClone().AsObject();
        MergeSections(config, body, violations);
        var parameters = config["params"]!.AsObject();
        if (body.TryMember("params", out var changes)) Merge(parameters, ConfigSection.Params.Read(changes, "params", violations, "struct CollectionParamsDiff"));
        if (body.TryMember("vectors", out var vectors))
        {
            foreach (var vector in vectors.AsObject("a map").EnumerateObject()) PatchVector(parameters, vector.Name, vector.Value, violations);
        }

        if (body.TryMember("sparse_vectors", out var sparse)) PatchSparse(parameters, VectorSettings.ReadSparse(sparse, violations));
        if (body.TryMember("metadata", out var metadata)) PatchMetadata(config, metadata.AsObject("a map"));
        violations.ThrowIfAny();
        return Settled(config);
    }

    // Numbers made in code keep their type and refuse to be read as another; numbers that were parsed do not.
    private static JsonObject Settled(JsonObject config) => JsonNode.Parse(config.ToJsonString())!.AsObject();

    private static void MergeSections(JsonObject config, JsonElement body, Violations violations)
    {
        if (body.TryMember("hnsw_config", out var hnsw))
            Merge(config["hnsw_config"]!.AsObject(), ConfigSection.Hnsw.Read(hnsw, "hnsw_config", violations, "struct HnswConfigDiff"));
        if (body.TryMember("optimizers_config", out var optimizers))
            Merge(config["optimizer_config"]!.AsObject(), ReadOptimizers(optimizers, violations));
        if (body.TryMember("wal_config", out var wal))
            Merge(config["wal_config"]!.AsObject(), ConfigSection.Wal.Read(wal, "wal_config", violations, "struct WalConfigDiff"));
        if (body.TryMember("quantization_config", out var quantization) || body.TryMember("quantization", out quantization)) config["quantization_config"] = Quantization(quantization, "quantization_config", violations);
        if (body.TryMember("strict_mode_config", out var strict)) config["strict_mode_config"] = Copy(strict.AsObject("struct StrictModeConfig"));
    }

    private static JsonObject ReadOptimizers(JsonElement element, Violations violations)
    {
        var read = ConfigSection.Optimizers.Read(element, "optimizers_config", violations, "struct OptimizersConfigDiff");
        if (element.TryMember("max_optimization_threads", out var threads))
        {
            read["max_optimization_threads"] = threads.ValueKind == JsonValueKind.String
                ? (VectorSettings.Choice(threads, "auto") == "auto" ? null : 0)
                : JsonValue.Create(threads.AsUInt64());
        }

        return read;
    }

    // "Disabled" takes the quantization away.
    private static JsonObject? Quantization(JsonElement element, string path, Violations violations)
    {
        if (element.ValueKind != JsonValueKind.String) return QuantizationSettings.Read(element, path, violations);
        VectorSettings.Choice(element, "Disabled");
        return null;
    }

    private static void PatchVector(JsonObject parameters, string name, JsonElement changes, Violations violations)
    {
        var all = parameters["vectors"] as JsonObject ?? [];
        var isUnnamed = all["size"] is JsonValue;
        if ((isUnnamed ? (name.Length == 0 ? all : null) : all[name] as JsonObject) is not { } settings) throw QdrantException.NoSuchVector(name);
        changes.AsObject("struct VectorParamsDiff");
        const string path = "vectors.?";
        Merge(settings, ConfigSection.Vector.Read(changes, path, violations, "struct VectorParamsDiff"));
        if (changes.TryMember("hnsw_config", out var hnsw))
        {
            if (settings["hnsw_config"] is not JsonObject) settings["hnsw_config"] = new JsonObject();
            Merge(settings["hnsw_config"]!.AsObject(), ConfigSection.Hnsw.Read(hnsw, $"{path}.hnsw_config", violations, "struct HnswConfigDiff"));
        }

        if (!changes.TryMember("quantization_config", out var quantization)) return;
        if (Quantization(quantization, $"{path}.quantization_config", violations) is { } replaced) settings["quantization_config"] = replaced;
        else settings.Remove("quantization_config");
    }

    private static void PatchSparse(JsonObject parameters, JsonObject changes)
    {
        foreach (var (name, change) in changes)
        {
            if ((parameters["sparse_vectors"] as JsonObject)?[name] is not JsonObject settings) throw QdrantException.NoSuchVector(name);
            if (change!["index"] is JsonObject index)
            {
                if (settings["index"] is not JsonObject) settings["index"] = new JsonObject();
                Merge(settings["index"]!.AsObject(), index);
            }

            if (change["modifier"] is { } modifier) settings["modifier"] = modifier.DeepClone();
        }
    }

    private static void PatchMetadata(JsonObject config, JsonElement changes)
    {
        var metadata = config["metadata"] as JsonObject ?? [];
        foreach (var (key, value) in Copy(changes))
        {
            if (value is null) metadata.Remove(key);
            else metadata[key] = value.DeepClone();
        }

        config["metadata"] = metadata.Parent is null ? metadata : metadata.DeepClone();
    }

    private static void RefuseSharedNames(JsonObject parameters)
    {
        if (parameters["vectors"] is not JsonObject dense || dense["size"] is JsonValue || parameters["sparse_vectors"] is not JsonObject sparse) return;
        if (sparse.FirstOrDefault(s => dense.ContainsKey(s.Key)).Key is { } name)
            throw QdrantException.WrongInput($"Dense and sparse vector names must be unique - duplicate found with '{name}'");
    }

    private static void Merge(JsonObject into, JsonObject changes)
    {
        foreach (var (name, value) in changes) into[name] = value?.DeepClone();
    }

    private static JsonObject Copy(JsonElement element) =>
        JsonNode.Parse(PayloadJson.Normalise(element), documentOptions: PayloadJson.ReadOptions)!.AsObject();
}
