namespace Qdrant.Local.Filters;

/// <summary>A filter that stands as a condition of another one.</summary>
internal sealed record FilterCondition(Filter Filter) : Condition
{
    public override bool Holds(PointScope point) => Filter.Holds(point);
}
