using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Filters;
using Qdrant.Local.Points;

namespace Qdrant.Local.Indexes;

/// <summary>Text values as a whole. A <c>uuid</c> index is one, too; it merely counts as indexed what is a UUID.</summary>
internal sealed class KeywordIndex(PayloadPath path, string type, JsonObject? parameters) : PayloadIndex(path, type, parameters)
{
    private readonly ConcurrentDictionary<string, Postings<byte>> _slots = new(StringComparer.Ordinal);

    public override void Add(int slot, ulong created, List<JsonElement> values)
    {
        foreach (var value in values)
        {
            if (value.ValueKind == JsonValueKind.String) _slots.GetOrAdd(value.GetString()!, _ => new Postings<byte>()).Add(slot, created, 0);
        }
    }

    public override bool TryFind(FieldCondition condition, ReadView view, SlotSet into)
    {
        if (OnlyTest(condition) is not MatchAnyOf { Integers.Count: 0, Boolean: null } match) return false;
        foreach (var text in match.Texts)
        {
            if (_slots.TryGetValue(text, out var postings)) postings.Collect(view, default(Anything<byte>), into);
        }

        return true;
    }

    public override void CollectIndexed(ReadView view, SlotSet into)
    {
        foreach (var (text, postings) in _slots)
        {
            if (Type != "uuid" || Guid.TryParse(text, out _)) postings.Collect(view, default(Anything<byte>), into);
        }
    }
}
