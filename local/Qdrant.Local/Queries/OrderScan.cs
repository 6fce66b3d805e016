using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Indexes;
using Qdrant.Local.Points;
using Qdrant.Local.Search;

namespace Qdrant.Local.Queries;

/// <summary>Points in the order of a payload value. A point with several values comes once for each.</summary>
internal static class OrderScan
{
    /// <summary>Finds points by the order of a value.</summary>
    /// <param name="keepDuplicates">Whether a point may come more than once, as in a scroll.</param>
    public static List<ScoredSlot> Find(ReadView view, FilterPlan plan, OrderByQuery order, int count, bool keepDuplicates)
    {
        if (view.Store.Indexes.Find(order.Key) is not { Type: "integer" or "float" or "datetime" } index)
        {
            throw QdrantException.BadRequest(
                $"No range index for `order_by` key: `{order.Key.Text}`. Please create one to use `order_by`. Check https://qdrant.tech/documentation/concepts/indexing/#payload-index to see which payload schemas support Range conditions");
        }

        var found = new List<(int Slot, OrderStart Value, PointId Id)>();
        var values = new List<JsonElement>();
        using var filterScope = plan.Rest is null ? null : new PointScope(view);
        using var scope = new PointScope(view);
        var slot = plan.Candidates?.Next(0) ?? 0;
        for (; slot < view.SlotLimit; slot = plan.Candidates?.Next(slot + 1) ?? slot + 1)
        {
            if (!SearchWork.Includes(view, plan, slot, filterScope)) continue;
            scope.MoveTo(slot);
            values.Clear();
            order.Key.CollectFlat(scope.Payload, values);
            foreach (var value in values)
            {
                if (Read(value, index.Type) is { } read && InReach(read, order)) found.Add((slot, read, view.Id(slot)));
            }
        }

        var sorted = order.Descending
            ? found.OrderByDescending(f => f.Value.Number).ThenByDescending(f => f.Value.Time).ThenByDescending(f => f.Id)
            : found.OrderBy(f => f.Value.Number).ThenBy(f => f.Value.Time).ThenBy(f => f.Id);
        var unique = keepDuplicates ? sorted : sorted.DistinctBy(f => f.Slot);
        return [.. unique.Take(count).Select(f => new ScoredSlot(f.Slot, 1, f.Value))];
    }

    private static OrderStart? Read(JsonElement value, string type) => type switch
    {
        "datetime" when value.ValueKind == JsonValueKind.String && PayloadDate.TryParse(value.GetString()!, out var time) => new OrderStart(null, time),
        "integer" when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var whole) => new OrderStart(whole, null),
        "float" when value.ValueKind == JsonValueKind.Number => new OrderStart(value.GetDouble(), null),
        _ => null,
    };

    // A start of the other kind binds nothing.
    private static bool InReach(OrderStart value, OrderByQuery order)
    {
        if (order.StartFrom is not { } start) return true;
        if (value.Number is { } number && start.Number is { } fromNumber) return order.Descending ? number <= fromNumber : number >= fromNumber;
        if (value.Time is { } time && start.Time is { } fromTime) return order.Descending ? time <= fromTime : time >= fromTime;
        return true;
    }
}
