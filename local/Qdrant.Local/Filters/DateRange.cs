using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>A range over points in time, in microseconds since 1970.</summary>
internal sealed record DateRange(Bounds<long> Bounds) : IValueTest
{
    public bool Passes(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && PayloadDate.TryParse(value.GetString()!, out var time) && Bounds.Contain(time);
}
