namespace Qdrant.Local.Filters;

/// <summary>Something that holds for a point, or not.</summary>
internal abstract record Condition
{
    public abstract bool Holds(PointScope point);
}
