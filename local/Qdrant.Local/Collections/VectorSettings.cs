using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Collections;

/// <summary>Reads <c>vectors</c> and <c>sparse_vectors</c> of a collection's configuration.</summary>
internal static class VectorSettings
{
    private const int LargestSize = 65536;

    /// <summary>One <c>VectorParams</c> object, or an object of them by name.</summary>
    public static JsonObject ReadDense(JsonElement element, Violations violations)
    {
        element.AsObject("a vectors config");
        if (element.TryGetProperty("size", out var size) && size.ValueKind != JsonValueKind.Object || element.TryGetProperty("distance", out var distance) && distance.ValueKind != JsonValueKind.Object)
            return ReadParams(element, "vectors", violations);
        var byName = new JsonObject();
        foreach (var vector in element.EnumerateObject()) byName[vector.Name] = ReadParams(vector.Value, "vectors.?", violations);
        return byName;
    }

    public static JsonObject ReadSparse(JsonElement element, Violations violations)
    {
        var byName = new JsonObject();
        foreach (var vector in element.AsObject("a map").EnumerateObject())
        {
            var settings = new JsonObject();
            vector.Value.AsObject("struct SparseVectorParams");
            if (vector.Name.Length == 0) throw QdrantException.WrongInput("Sparse vector name cannot be empty");
            if (vector.Value.TryMember("index", out var index))
                settings["index"] = ConfigSection.SparseIndex.Read(index, "sparse_vectors.?.index", violations, "struct SparseIndexParams");
            if (vector.Value.TryMember("modifier", out var modifier)) settings["modifier"] = Choice(modifier, "none", "idf");
            byName[vector.Name] = settings;
        }

        return byName;
    }

    /// <summary>The fields that a configuration describes, numbered in the order of their names.</summary>
    public static IReadOnlyList<VectorField> Fields(JsonObject config)
    {
        var parameters = config["params"]!.AsObject();
        var everywhere = config["quantization_config"];
        var fields = new List<VectorField>();
        if (parameters["vectors"] is JsonObject dense)
        {
            var byName = dense["size"] is JsonValue ? new Dictionary<string, JsonNode?> { [string.Empty] = dense } : dense.ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
            foreach (var (name, settings) in byName.OrderBy(v => v.Key, StringComparer.Ordinal)) fields.Add(Dense(name, settings!.AsObject(), fields.Count, everywhere));
        }

        foreach (var (name, _) in (parameters["sparse_vectors"] as JsonObject ?? []).OrderBy(v => v.Key, StringComparer.Ordinal))
            fields.Add(new VectorField(name, fields.Count, VectorKind.Sparse, 0, Distance.Dot, Quantized: false));
        return fields;
    }

    public static string Choice(JsonElement element, params ReadOnlySpan<string> variants)
    {
        var text = element.AsString();
        return variants.Contains(text)
            ? text
            : throw QdrantException.Format($"unknown variant `{text}`, expected one of {string.Join(", ", variants.ToArray().Select(v => $"`{v}`"))}");
    }

    private static VectorField Dense(string name, JsonObject settings, int ordinal, JsonNode? quantization)
    {
        var multi = settings["multivector_config"] is JsonObject;
        return new VectorField(
            name, ordinal, multi ? VectorKind.Multi : VectorKind.Dense, settings["size"]!.GetValue<int>(),
            Enum.Parse<Distance>(settings["distance"]!.GetValue<string>()),
            !multi && QuantizationSettings.IsScalar(settings["quantization_config"] ?? quantization));
    }

    private static JsonObject ReadParams(JsonElement element, string path, Violations violations)
    {
        element.AsObject("struct VectorParams");
        var size = element.Required("size").AsUInt64("a nonzero u64");
        violations.Between($"{path}.size", size, 1, LargestSize);
        var settings = new JsonObject
        {
            ["size"] = (int)Math.Min(size, LargestSize),
            ["distance"] = Choice(element.Required("distance"), "Cosine", "Euclid", "Dot", "Manhattan"),
        };
        foreach (var (name, value) in ConfigSection.Vector.Read(element, path, violations, "struct VectorParams")) settings[name] = value?.DeepClone();
        if (element.TryMember("datatype", out var datatype)) Choice(datatype, "float32", "uint8", "float16");
        if (element.TryMember("hnsw_config", out var hnsw)) settings["hnsw_config"] = ConfigSection.Hnsw.Read(hnsw, $"{path}.hnsw_config", violations, "struct HnswConfigDiff");
        if (element.TryMember("quantization_config", out var quantization))
            settings["quantization_config"] = QuantizationSettings.Read(quantization, $"{path}.quantization_config", violations);
        if (element.TryMember("multivector_config", out var multi))
            settings["multivector_config"] = new JsonObject { ["comparator"] = Choice(multi.AsObject("struct MultiVectorConfig").Required("comparator"), "max_sim") };
        return settings;
    }
}
