using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>The field is there and null; with <c>[]</c>, one of its elements is.</summary>
internal sealed record IsNullCondition(PayloadPath Key) : Condition
{
    public override bool Holds(PointScope point)
    {
        foreach (var value in point.Values(Key))
        {
            if (value.ValueKind == JsonValueKind.Null) return true;
        }

        return false;
    }
}
