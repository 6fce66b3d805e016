using System.Text.Json;

namespace Qdrant.Local.Queries;

/// <summary>Writes the value that a point was ordered by; times as microseconds.</summary>
internal static class OrderOutput
{
    public static void Write(Utf8JsonWriter json, OrderStart value)
    {
        json.WritePropertyName("order_value");
        if (value.Time is { } time) json.WriteNumberValue(time);
        else json.WriteNumberValue(value.Number ?? 0);
    }
}
