using Qdrant.Local.Points;

namespace Qdrant.Local.Filters;

/// <summary>The point's id is one of these; never inside <c>nested</c>.</summary>
internal sealed record HasIdCondition(IReadOnlySet<PointId> Ids) : Condition
{
    public override bool Holds(PointScope point) => point.View is { } view && Ids.Contains(view.Id(point.Slot));
}
