namespace Qdrant.Local.Filters;

/// <summary>Bounds for the number of values at a path.</summary>
internal sealed record ValuesCount(ulong? LessThan, ulong? GreaterThan, ulong? AtLeast, ulong? AtMost)
{
    public bool Holds(ulong count) =>
        !(count >= LessThan) && !(count <= GreaterThan) && !(count < AtLeast) && !(count > AtMost);
}
