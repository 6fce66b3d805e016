using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Filters;
using Qdrant.Local.Points;

namespace Qdrant.Local.Indexes;

/// <summary>Points in time.</summary>
internal sealed class DateIndex(PayloadPath path, string type, JsonObject? parameters) : PayloadIndex(path, type, parameters)
{
    private readonly Postings<long> _times = new();

    public override void Add(int slot, ulong created, List<JsonElement> values)
    {
        foreach (var value in values)
        {
            if (value.ValueKind == JsonValueKind.String && PayloadDate.TryParse(value.GetString()!, out var time)) _times.Add(slot, created, time);
        }
    }

    public override bool TryFind(FieldCondition condition, ReadView view, SlotSet into)
    {
        if (OnlyTest(condition) is not DateRange range) return false;
        _times.Collect(view, new InBounds<long>(range.Bounds), into);
        return true;
    }

    public override void CollectIndexed(ReadView view, SlotSet into) => _times.Collect(view, default(Anything<long>), into);
}
