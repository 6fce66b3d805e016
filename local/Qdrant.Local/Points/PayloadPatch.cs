using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;

namespace Qdrant.Local.Points;

/// <summary>Changes to payloads, as Qdrant makes them.</summary>
internal static class PayloadPatch
{
    /// <summary>
    /// Merges members into a payload, at its top or at a path that is made where it is missing. A null removes the member. Index steps
    /// reach only elements that exist.
    /// </summary>
    public static byte[]? Merge(byte[]? payload, PayloadPath? at, JsonObject members)
    {
        var root = Parse(payload);
        if (at is null) MergeInto(root, members);
        else SetMember(root, at.Steps, 0, members);
        return Bytes(root);
    }

    /// <summary>Removes what paths lead to. An element of an array cannot be removed by its number, all of them by <c>[]</c> can.</summary>
    public static byte[]? Remove(byte[]? payload, IReadOnlyList<PayloadPath> paths)
    {
        if (payload is null) return null;
        var root = Parse(payload);
        foreach (var path in paths) RemoveAt(root, path.Steps, 0);
        return Bytes(root);
    }

    private static JsonObject Parse(byte[]? payload) =>
        payload is null ? [] : JsonNode.Parse(payload, documentOptions: PayloadJson.ReadOptions)!.AsObject();

    private static byte[] Bytes(JsonObject root)
    {
        var payload = PayloadJson.Write(json => root.WriteTo(json));
        try
        {
            // Set below a long path again and again, a payload could become deeper than anybody may send one.
            using var readable = JsonDocument.Parse(payload, PayloadJson.ReadOptions);
            return payload;
        }
        catch (JsonException e)
        {
            throw new QdrantException(StatusCodes.Status400BadRequest, $"Bad request: a payload may be nested {PayloadJson.MaxDepth} deep at most", e);
        }
    }

    private static void MergeInto(JsonObject into, JsonObject members)
    {
        foreach (var (name, value) in members)
        {
            if (value is null) into.Remove(name);
            else into[name] = value.DeepClone();
        }
    }

    private static void SetMember(JsonObject owner, IReadOnlyList<PayloadPath.Step> steps, int step, JsonObject members)
    {
        var key = steps[step].Key!;
        owner.TryGetPropertyValue(key, out var value);
        var changed = Set(value, steps, step + 1, members);
        if (!ReferenceEquals(changed, value)) owner[key] = changed;
    }

    /// <summary>Sets below a value and gives what is to stand in its place.</summary>
    private static JsonNode Set(JsonNode? value, IReadOnlyList<PayloadPath.Step> steps, int step, JsonObject members)
    {
        if (step == steps.Count)
        {
            var target = value as JsonObject ?? [];
            MergeInto(target, members);
            return target;
        }

        if (steps[step].Key is not null)
        {
            var owner = value as JsonObject ?? [];
            SetMember(owner, steps, step, members);
            return owner;
        }

        var array = value as JsonArray ?? [];
        for (var i = 0; i < array.Count; i++)
        {
            if (steps[step] != PayloadPath.EachElement && steps[step].Index != i) continue;
            var changed = Set(array[i], steps, step + 1, members);
            if (!ReferenceEquals(changed, array[i])) array[i] = changed;
        }

        return array;
    }

    private static void RemoveAt(JsonNode? value, IReadOnlyList<PayloadPath.Step> steps, int step)
    {
        var (key, index) = steps[step];
        var isLast = step == steps.Count - 1;
        if (key is not null && value is JsonObject owner)
        {
            if (isLast) owner.Remove(key);
            else if (owner.TryGetPropertyValue(key, out var member)) RemoveAt(member, steps, step + 1);
        }
        else if (key is null && value is JsonArray array)
        {
            var isEach = steps[step] == PayloadPath.EachElement;
            if (isLast && isEach) array.Clear();
            for (var i = 0; !isLast && i < array.Count; i++)
            {
                if (isEach || index == i) RemoveAt(array[i], steps, step + 1);
            }
        }
    }
}
