using System.Runtime.InteropServices;
using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;
using Qdrant.Local.Points;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Queries;

/// <summary>Reads vectors and ids in queries.</summary>
internal static class QueryVectorParser
{
    private const string Expected = "Expected some form of vector, id, or a type of query";

    public static QueryVector Parse(JsonElement element, Violations violations, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Number or JsonValueKind.String:
                return new QueryVector(PointId.Parse(element), []);
            case JsonValueKind.Array:
                return new QueryVector(null, Rows(element, violations, path));
            case JsonValueKind.Object when element.TryGetProperty("indices", out _):
                return new QueryVector(null, [], SparseVectorParser.Parse(element, violations, path));
            default:
                throw QdrantException.Format(Expected);
        }
    }

    private static List<float[]> Rows(JsonElement element, Violations violations, string path)
    {
        if (element.GetArrayLength() == 0 || element[0].ValueKind != JsonValueKind.Array) return [Row(element)];
        var rows = element.EnumerateArray().ToList();
        if (rows.Any(r => r.ValueKind != JsonValueKind.Array)) throw QdrantException.Format(Expected);
        MultiVectorRules.Check(rows, violations, path);
        return [.. rows.Select(Row)];
    }

    private static float[] Row(JsonElement element)
    {
        var row = new float[element.GetArrayLength()];
        return FloatParser.ReadArray(JsonMarshal.GetRawUtf8Value(element), row) < 0 ? throw QdrantException.Format(Expected) : row;
    }
}
