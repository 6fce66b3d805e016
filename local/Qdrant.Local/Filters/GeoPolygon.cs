using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>Within a ring and outside its holes.</summary>
internal sealed record GeoPolygon(IReadOnlyList<GeoPoint> Exterior, IReadOnlyList<IReadOnlyList<GeoPoint>> Interiors) : IValueTest
{
    public bool Passes(JsonElement value) =>
        GeoPoint.TryRead(value, out var point) && Inside(Exterior, point) && !Interiors.Any(ring => Inside(ring, point));

    // Even-odd rule: a ray to the east crosses the ring an odd number of times.
    private static bool Inside(IReadOnlyList<GeoPoint> ring, GeoPoint point)
    {
        var inside = false;
        for (var i = 1; i < ring.Count; i++)
        {
            var (a, b) = (ring[i - 1], ring[i]);
            if (a.Lat > point.Lat != b.Lat > point.Lat && point.Lon < ((b.Lon - a.Lon) * (point.Lat - a.Lat) / (b.Lat - a.Lat)) + a.Lon)
                inside = !inside;
        }

        return inside;
    }
}
