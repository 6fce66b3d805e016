using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;

namespace Qdrant.Local.Formulas;

/// <summary>What a formula sees of a point: its scores in the prefetches and its payload.</summary>
/// <param name="scores">Slot → score, for each prefetch.</param>
/// <param name="point">The point; moved on by whoever evaluates.</param>
internal sealed class FormulaScope(IReadOnlyList<Dictionary<int, float>> scores, PointScope point)
{
    public PointScope Point { get; } = point;

    public double? Score(int prefetch) =>
        prefetch < scores.Count && scores[prefetch].TryGetValue(Point.Slot, out var score) ? score : null;

    /// <summary>The first value of a type at a path, or the default; that neither is one is the caller's mistake.</summary>
    /// <param name="path">The path.</param>
    /// <param name="otherwise">The default; null when there is none.</param>
    /// <param name="type">The type's name for the refusal.</param>
    /// <param name="read">Reads a value of the type; null for other values, which count as missing.</param>
    public T Value<T>(PayloadPath path, JsonElement? otherwise, string type, Func<JsonElement, T?> read)
        where T : struct
    {
        var values = new List<JsonElement>();
        path.CollectFlat(Point.Payload, values);
        foreach (var value in values)
        {
            if (read(value) is { } found) return found;
        }

        return (otherwise is { } given ? read(given) : null)
            ?? throw QdrantException.WrongInput($"Expected {type} value for {path.Text} in the payload and/or in the formula defaults. Error: No value found in a payload nor defaults");
    }
}
