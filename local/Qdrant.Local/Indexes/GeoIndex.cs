using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Filters;
using Qdrant.Local.Points;

namespace Qdrant.Local.Indexes;

/// <summary>Places. It only counts them; the conditions are evaluated on the payload.</summary>
internal sealed class GeoIndex(PayloadPath path, string type, JsonObject? parameters) : PayloadIndex(path, type, parameters)
{
    private readonly Postings<byte> _places = new();

    public override void Add(int slot, ulong created, List<JsonElement> values)
    {
        foreach (var value in values)
        {
            if (GeoPoint.TryRead(value, out _)) _places.Add(slot, created, 0);
        }
    }

    // The payload decides: a spatial index would not pay at the sizes this server is for.
    public override bool TryFind(FieldCondition condition, ReadView view, SlotSet into) => false;

    public override void CollectIndexed(ReadView view, SlotSet into) => _places.Collect(view, default(Anything<byte>), into);
}
