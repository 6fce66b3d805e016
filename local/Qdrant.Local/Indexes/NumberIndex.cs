using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Filters;
using Qdrant.Local.Points;

namespace Qdrant.Local.Indexes;

/// <summary>
/// Numbers: a list of all of them for ranges, and for whole ones a lookup. An <c>integer</c> index keeps fractions in the list as
/// well, so that a range finds the same points with and without it.
/// </summary>
internal sealed class NumberIndex(PayloadPath path, string type, JsonObject? parameters) : PayloadIndex(path, type, parameters)
{
    private readonly Postings<double> _numbers = new();
    private readonly ConcurrentDictionary<long, Postings<byte>> _integers = new();

    public override void Add(int slot, ulong created, List<JsonElement> values)
    {
        foreach (var value in values)
        {
            if (value.ValueKind != JsonValueKind.Number) continue;
            _numbers.Add(slot, created, value.GetDouble());
            if (value.TryGetInt64(out var integer)) _integers.GetOrAdd(integer, _ => new Postings<byte>()).Add(slot, created, 0);
        }
    }

    public override bool TryFind(FieldCondition condition, ReadView view, SlotSet into)
    {
        switch (OnlyTest(condition))
        {
            case NumberRange range:
                _numbers.Collect(view, new InBounds<double>(range.Bounds), into);
                return true;
            case MatchAnyOf { Texts.Count: 0, Boolean: null } match:
                foreach (var number in match.Integers)
                {
                    if (_integers.TryGetValue(number, out var postings)) postings.Collect(view, default(Anything<byte>), into);
                }

                return true;
            default:
                return false;
        }
    }

    public override void CollectIndexed(ReadView view, SlotSet into)
    {
        if (Type == "float") _numbers.Collect(view, default(Anything<double>), into);
        else foreach (var postings in _integers.Values) postings.Collect(view, default(Anything<byte>), into);
    }
}
