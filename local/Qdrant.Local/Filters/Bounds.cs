using System.Numerics;

namespace Qdrant.Local.Filters;

/// <summary>Up to four bounds; absent ones do not bind.</summary>
internal readonly record struct Bounds<T>(T? LessThan, T? GreaterThan, T? AtMost, T? AtLeast)
    where T : struct, IComparisonOperators<T, T, bool>
{
    public bool Contain(T value) =>
        !(LessThan is { } lt && value >= lt) && !(GreaterThan is { } gt && value <= gt)
        && !(AtMost is { } lte && value > lte) && !(AtLeast is { } gte && value < gte);
}
