namespace Qdrant.Local.Filters;

/// <summary>Clauses that must all hold; null clauses do not count. An empty <c>should</c> does not count either.</summary>
internal sealed record Filter(
    IReadOnlyList<Condition> Must, IReadOnlyList<Condition> MustNot, IReadOnlyList<Condition>? Should, MinShould? MinShould)
{
    public bool Holds(PointScope point)
    {
        foreach (var condition in Must)
        {
            if (!condition.Holds(point)) return false;
        }

        foreach (var condition in MustNot)
        {
            if (condition.Holds(point)) return false;
        }

        return ShouldHolds(point) && MinShouldHolds(point);
    }

    private bool ShouldHolds(PointScope point)
    {
        if (Should is null) return true;
        foreach (var condition in Should)
        {
            if (condition.Holds(point)) return true;
        }

        return false;
    }

    private bool MinShouldHolds(PointScope point)
    {
        if (MinShould is null) return true;
        ulong count = 0;
        foreach (var condition in MinShould.Conditions)
        {
            if (condition.Holds(point) && ++count == MinShould.MinCount) return true;
        }

        return MinShould.MinCount == 0;
    }
}
