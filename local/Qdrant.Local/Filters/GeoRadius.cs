using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>Within a distance of a place.</summary>
internal sealed record GeoRadius(GeoPoint Center, double Metres) : IValueTest
{
    public bool Passes(JsonElement value) => GeoPoint.TryRead(value, out var point) && Center.MetresTo(point) <= Metres;
}
