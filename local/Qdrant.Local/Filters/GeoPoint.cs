using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>A place in degrees.</summary>
internal readonly record struct GeoPoint(double Lon, double Lat)
{
    private const double EarthRadiusMetres = 6_371_008.8;

    /// <summary>Reads <c>{"lon": …, "lat": …}</c> from a payload.</summary>
    public static bool TryRead(JsonElement value, out GeoPoint point)
    {
        point = default;
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("lon", out var lon) || lon.ValueKind != JsonValueKind.Number
            || !value.TryGetProperty("lat", out var lat) || lat.ValueKind != JsonValueKind.Number) return false;
        point = new GeoPoint(lon.GetDouble(), lat.GetDouble());
        return true;
    }

    /// <summary>Great-circle distance in metres (haversine, mean earth radius).</summary>
    public double MetresTo(GeoPoint other)
    {
        var (lat1, lat2) = (double.DegreesToRadians(Lat), double.DegreesToRadians(other.Lat));
        var (dLat, dLon) = (lat2 - lat1, double.DegreesToRadians(other.Lon - Lon));
        var h = Math.Pow(Math.Sin(dLat / 2), 2) + (Math.Cos(lat1) * Math.Cos(lat2) * Math.Pow(Math.Sin(dLon / 2), 2));
        return 2 * EarthRadiusMetres * Math.Asin(Math.Min(1, Math.Sqrt(h)));
    }
}
