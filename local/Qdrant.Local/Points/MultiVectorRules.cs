using System.Text.Json;
using Qdrant.Local.Json;

namespace Qdrant.Local.Points;

/// <summary>What the rows of a multivector must have in common.</summary>
internal static class MultiVectorRules
{
    public static void Check(IReadOnlyList<JsonElement> rows, Violations violations, string path)
    {
        var dimension = rows[0].GetArrayLength();
        foreach (var row in rows)
        {
            var length = row.GetArrayLength();
            if (length == 0)
            {
                violations.Add(path, "all vectors must be non-empty");
                return;
            }

            if (length == dimension) continue;
            violations.Add(path, $"all vectors must have the same dimension, found vector with dimension {length}");
            return;
        }
    }
}
