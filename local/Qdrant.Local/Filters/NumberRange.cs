using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>A range over numbers, whole or not.</summary>
internal sealed record NumberRange(Bounds<double> Bounds) : IValueTest
{
    public bool Passes(JsonElement value) => value.ValueKind == JsonValueKind.Number && Bounds.Contain(value.GetDouble());
}
