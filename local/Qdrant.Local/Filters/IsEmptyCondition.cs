using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>The field is missing, null or an empty array.</summary>
internal sealed record IsEmptyCondition(PayloadPath Key) : Condition
{
    public override bool Holds(PointScope point)
    {
        foreach (var value in point.Values(Key))
        {
            if (value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0)) return false;
        }

        return true;
    }
}
