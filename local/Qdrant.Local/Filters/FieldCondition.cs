using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>
/// A condition on the values at a path. It holds when one of them satisfies it; a value that is an array counts as its elements
/// for tests and ranges, but as itself for the number of values, emptiness and null.
/// </summary>
internal sealed record FieldCondition(
    PayloadPath Key, IReadOnlyList<IValueTest> Tests, ValuesCount? ValuesCount, bool? IsEmpty, bool? IsNull) : Condition
{
    public override bool Holds(PointScope point)
    {
        var values = point.Values(Key);
        if (values.Count == 0) return HoldsForMissing();
        foreach (var value in values)
        {
            if (HoldsFor(value)) return true;
        }

        return false;
    }

    private bool HoldsForMissing()
    {
        if (ValuesCount is not null) return ValuesCount.Holds(0);
        if (IsEmpty is { } empty) return empty;
        return IsNull == false;
    }

    private bool HoldsFor(JsonElement value)
    {
        if (ValuesCount is not null) return ValuesCount.Holds(ValueCount(value));
        if (IsEmpty is { } empty) return (value.ValueKind == JsonValueKind.Null || IsEmptyArray(value)) == empty;
        if (IsNull is { } isNull) return (value.ValueKind == JsonValueKind.Null || HoldsNull(value)) == isNull;
        if (value.ValueKind != JsonValueKind.Array) return Passes(value);
        foreach (var element in value.EnumerateArray())
        {
            if (Passes(element)) return true;
        }

        return false;
    }

    private bool Passes(JsonElement value)
    {
        foreach (var test in Tests)
        {
            if (test.Passes(value)) return true;
        }

        return false;
    }

    private static ulong ValueCount(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => (ulong)value.GetArrayLength(),
        JsonValueKind.Null => 0,
        _ => 1,
    };

    private static bool IsEmptyArray(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;

    private static bool HoldsNull(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) return false;
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.Null) return true;
        }

        return false;
    }
}
