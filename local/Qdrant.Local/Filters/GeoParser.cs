using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;

namespace Qdrant.Local.Filters;

/// <summary>Reads <c>geo_radius</c>, <c>geo_bounding_box</c> and <c>geo_polygon</c>.</summary>
internal static class GeoParser
{
    public static void Parse(JsonElement condition, List<IValueTest> tests)
    {
        if (condition.TryMember("geo_radius", out var radius))
            tests.Add(new GeoRadius(Point(radius.AsObject("struct GeoRadius").Required("center")), radius.Required("radius").AsDouble()));
        if (condition.TryMember("geo_bounding_box", out var box))
            tests.Add(new GeoBox(Point(box.AsObject("struct GeoBoundingBox").Required("top_left")), Point(box.Required("bottom_right"))));
        if (condition.TryMember("geo_polygon", out var polygon))
            tests.Add(new GeoPolygon(Ring(polygon.AsObject("struct GeoPolygon").Required("exterior")), Rings(polygon)));
    }

    private static GeoPoint Point(JsonElement element)
    {
        var point = new GeoPoint(element.AsObject("a geo point").Required("lon").AsDouble(), element.Required("lat").AsDouble());
        return Math.Abs(point.Lon) <= 180 && Math.Abs(point.Lat) <= 90
            ? point
            : throw QdrantException.Format("Wrong format of GeoPoint payload: expected `lat` within [-90;90] and `lon` within [-180;180]");
    }

    private static List<GeoPoint> Ring(JsonElement element)
    {
        var points = new List<GeoPoint>();
        foreach (var point in element.AsObject("struct GeoLineString").Required("points").AsArray().EnumerateArray()) points.Add(Point(point));
        if (points.Count < 4) throw QdrantException.Format($"polygon invalid, the size must be at least 4, got {points.Count}");
        if (points[0] != points[^1]) throw QdrantException.Format("polygon invalid, the first and the last points should be the same");
        return points;
    }

    private static List<IReadOnlyList<GeoPoint>> Rings(JsonElement polygon)
    {
        var rings = new List<IReadOnlyList<GeoPoint>>();
        if (!polygon.TryMember("interiors", out var interiors)) return rings;
        foreach (var ring in interiors.AsArray().EnumerateArray()) rings.Add(Ring(ring));
        return rings;
    }
}
