using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Filters;
using Qdrant.Local.Points;

namespace Qdrant.Local.Indexes;

/// <summary>True and false.</summary>
internal sealed class BoolIndex(PayloadPath path, string type, JsonObject? parameters) : PayloadIndex(path, type, parameters)
{
    private readonly Postings<byte> _true = new();
    private readonly Postings<byte> _false = new();

    public override void Add(int slot, ulong created, List<JsonElement> values)
    {
        foreach (var value in values)
        {
            if (value.ValueKind == JsonValueKind.True) _true.Add(slot, created, 0);
            if (value.ValueKind == JsonValueKind.False) _false.Add(slot, created, 0);
        }
    }

    public override bool TryFind(FieldCondition condition, ReadView view, SlotSet into)
    {
        if (OnlyTest(condition) is not MatchAnyOf { Boolean: { } wanted }) return false;
        (wanted ? _true : _false).Collect(view, default(Anything<byte>), into);
        return true;
    }

    public override void CollectIndexed(ReadView view, SlotSet into)
    {
        _true.Collect(view, default(Anything<byte>), into);
        _false.Collect(view, default(Anything<byte>), into);
    }
}
