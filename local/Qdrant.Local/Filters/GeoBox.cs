using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>Within a box of degrees, which may cross the antimeridian.</summary>
internal sealed record GeoBox(GeoPoint TopLeft, GeoPoint BottomRight) : IValueTest
{
    public bool Passes(JsonElement value)
    {
        if (!GeoPoint.TryRead(value, out var point) || point.Lat < BottomRight.Lat || point.Lat > TopLeft.Lat) return false;
        return TopLeft.Lon <= BottomRight.Lon
            ? point.Lon >= TopLeft.Lon && point.Lon <= BottomRight.Lon
            : point.Lon >= TopLeft.Lon || point.Lon <= BottomRight.Lon;
    }
}
