namespace Qdrant.Local.Filters;

/// <summary>The point has a vector of this name; never inside <c>nested</c>.</summary>
internal sealed record HasVectorCondition(string Name) : Condition
{
    public override bool Holds(PointScope point)
    {
        if (point.View is not { } view) return false;
        var field = view.Store.Fields.FirstOrDefault(f => f.Name == Name);
        return field is not null && view.Column(field.Ordinal).Has(point.Slot);
    }
}
