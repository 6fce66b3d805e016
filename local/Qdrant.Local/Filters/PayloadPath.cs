using System.Globalization;
using System.Text.Json;
using Qdrant.Local.Errors;

namespace Qdrant.Local.Filters;

/// <summary>
/// A path into a payload: <c>a.b</c>, <c>a[0].b</c>, <c>a[].b</c> (every element), <c>"quoted.key"</c>. Without <c>[]</c> a path does not
/// step into arrays.
/// </summary>
internal sealed record PayloadPath(string Text, IReadOnlyList<PayloadPath.Step> Steps)
{
    private const int MostSteps = 64;
    private const int EveryElement = -1;
    private const int NoIndex = -2;

    /// <summary>The step to every element of an array.</summary>
    public static Step EachElement { get; } = new(null, EveryElement);

    /// <summary>The step to a member.</summary>
    public static Step Member(string key) => new(key, NoIndex);

    public bool Equals(PayloadPath? other) => other is not null && Steps.SequenceEqual(other.Steps);

    public override int GetHashCode() => Steps[0].GetHashCode();

    public static PayloadPath Parse(string text) =>
        TryParse(text, out var path) ? path : throw QdrantException.Format($"Invalid json path: '{text}'");

    public static bool TryParse(string text, out PayloadPath path)
    {
        var steps = new List<Step>();
        var position = 0;
        path = null!;
        if (!ReadKey(text, ref position, steps)) return false;
        while (position < text.Length)
        {
            var read = text[position] == '.' ? ReadKey(text, ref position, steps, skip: 1) : ReadIndex(text, ref position, steps);
            if (!read || steps.Count > MostSteps) return false;
        }

        path = new PayloadPath(text, steps);
        return true;
    }

    /// <summary>The path to each element: <c>[]</c> is added unless it is there.</summary>
    public PayloadPath ForEachElement() =>
        Steps[^1].Index == EveryElement ? this : new PayloadPath(Text + "[]", [.. Steps, new Step(null, EveryElement)]);

    /// <summary>Adds the values that the path leads to; none when it leads nowhere.</summary>
    public void Collect(JsonElement root, List<JsonElement> values) => Collect(root, 0, values);

    /// <summary>The same, with the elements of a found array instead of the array.</summary>
    public void CollectFlat(JsonElement root, List<JsonElement> values)
    {
        var found = new List<JsonElement>(1);
        Collect(root, 0, found);
        foreach (var value in found)
        {
            if (value.ValueKind == JsonValueKind.Array) values.AddRange(value.EnumerateArray());
            else values.Add(value);
        }
    }

    private void Collect(JsonElement value, int step, List<JsonElement> values)
    {
        if (step == Steps.Count)
        {
            values.Add(value);
            return;
        }

        var (key, index) = Steps[step];
        if (key is not null)
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(key, out var member)) Collect(member, step + 1, values);
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            if (index == EveryElement)
            {
                foreach (var element in value.EnumerateArray()) Collect(element, step + 1, values);
            }
            else if (index < value.GetArrayLength())
            {
                Collect(value[index], step + 1, values);
            }
        }
    }

    private static bool ReadKey(string text, ref int position, List<Step> steps, int skip = 0)
    {
        position += skip;
        var start = position;
        if (position < text.Length && text[position] == '"')
        {
            var end = text.IndexOf('"', start + 1);
            if (end < 0 || text.AsSpan(start + 1, end - start - 1).Contains('\\')) return false;
            steps.Add(new Step(text[(start + 1)..end], NoIndex));
            position = end + 1;
            return true;
        }

        while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] is '_' or '-' || char.IsSurrogate(text[position]))) position++;
        if (position == start) return false;
        steps.Add(new Step(text[start..position], NoIndex));
        return true;
    }

    private static bool ReadIndex(string text, ref int position, List<Step> steps)
    {
        var end = text.IndexOf(']', position);
        if (text[position] != '[' || end < 0) return false;
        var digits = text.AsSpan(position + 1, end - position - 1);
        var index = EveryElement;
        if (!digits.IsEmpty && !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out index)) return false;
        steps.Add(new Step(null, index));
        position = end + 1;
        return true;
    }

    /// <summary>A member by key, or (with no key) an element by number; −1 stands for every element.</summary>
    internal readonly record struct Step(string? Key, int Index);
}
