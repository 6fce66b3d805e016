using System.Numerics;
using Qdrant.Local.Filters;

namespace Qdrant.Local.Indexes;

/// <summary>Passes values within bounds.</summary>
internal readonly struct InBounds<T>(Bounds<T> bounds) : IValuePredicate<T>
    where T : struct, IComparisonOperators<T, T, bool>
{
    public bool Passes(T value) => bounds.Contain(value);
}
