using System.Runtime.InteropServices;
using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Points;

/// <summary>Reads <c>{"indices": […], "values": […]}</c>.</summary>
internal static class SparseVectorParser
{
    private const string UnknownShape = "data did not match any variant of untagged enum Vector";

    /// <summary>Reads a sparse vector into its encoded form, indices ascending.</summary>
    public static byte[] Parse(JsonElement vector, Violations violations, string path)
    {
        if (!vector.TryGetProperty("indices", out var indexList) || !vector.TryGetProperty("values", out var valueList)
            || indexList.ValueKind != JsonValueKind.Array || valueList.ValueKind != JsonValueKind.Array) throw QdrantException.Format(UnknownShape);
        var indices = new uint[indexList.GetArrayLength()];
        var position = 0;
        foreach (var index in indexList.EnumerateArray()) indices[position++] = index.AsUInt32();
        var values = new float[valueList.GetArrayLength()];
        if (FloatParser.ReadArray(JsonMarshal.GetRawUtf8Value(valueList), values) < 0) throw QdrantException.Format(UnknownShape);
        if (indices.Length != values.Length)
        {
            violations.Add($"{path}.values", "Validation error: must be the same length as indices [{}]");
            return VectorEncoding.Sparse([], []);
        }

        Array.Sort(indices, values);
        if (HasDuplicates(indices)) violations.Add($"{path}.indices", "Validation error: must be unique [{}]");
        return VectorEncoding.Sparse(indices, values);
    }

    private static bool HasDuplicates(ReadOnlySpan<uint> ascending)
    {
        for (var i = 1; i < ascending.Length; i++)
        {
            if (ascending[i] == ascending[i - 1]) return true;
        }

        return false;
    }
}
