using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>One element of an array of objects satisfies the whole filter by itself.</summary>
internal sealed record NestedCondition(PayloadPath Elements, Filter Filter) : Condition
{
    public override bool Holds(PointScope point)
    {
        foreach (var value in point.Values(Elements))
        {
            if (value.ValueKind == JsonValueKind.Object && Filter.Holds(PointScope.Element(value))) return true;
        }

        return false;
    }
}
