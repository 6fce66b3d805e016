using System.Text.Json;

namespace Qdrant.Local.Points;

/// <summary>Writes points as Qdrant's records; what was not asked for is left out.</summary>
internal sealed record PointOutput(PayloadSelector Payload, VectorSelector Vector)
{
    public void Write(Utf8JsonWriter json, ReadView view, int slot, Action<Utf8JsonWriter>? more = null)
    {
        json.WriteStartObject();
        WriteMembers(json, view, slot);
        more?.Invoke(json);
        json.WriteEndObject();
    }

    /// <summary>Writes a found point with the operation that last wrote it and its score.</summary>
    public void WriteScored(Utf8JsonWriter json, ReadView view, int slot, ulong version, float score, Action<Utf8JsonWriter>? more = null)
    {
        json.WriteStartObject();
        json.WritePropertyName("id");
        view.Id(slot).Write(json);
        json.WriteNumber("version", version);
        json.WritePropertyName("score");
        VectorOutput.WriteNumber(json, score);
        WriteParts(json, view, slot);
        more?.Invoke(json);
        json.WriteEndObject();
    }

    private void WriteMembers(Utf8JsonWriter json, ReadView view, int slot)
    {
        json.WritePropertyName("id");
        view.Id(slot).Write(json);
        WriteParts(json, view, slot);
    }

    private void WriteParts(Utf8JsonWriter json, ReadView view, int slot)
    {
        if (Payload.IsWanted)
        {
            json.WritePropertyName("payload");
            Payload.Write(json, view.Payload(slot));
        }

        if (!Vector.IsWanted) return;
        json.WritePropertyName("vector");
        Vector.Write(json, view, slot);
    }
}
