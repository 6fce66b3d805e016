using System.Text.Json;
using Qdrant.Local.Filters;
using Qdrant.Local.Indexes;
using Qdrant.Local.Json;
using Qdrant.Local.Points;
using Qdrant.Local.Storage;
using Qdrant.Local.Vectors;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>A point store filled by hand, without a log or a server.</summary>
internal static class StoreBuilder
{
    public static PointStore Create(int size = 1, Distance distance = Distance.Dot, bool quantized = false) =>
        new([new VectorField(string.Empty, 0, VectorKind.Dense, size, distance, quantized)]);

    public static void Upsert(this PointStore store, ulong id, ReadOnlySpan<float> vector, string? payload = null)
    {
        using var record = new RecordWriter(RecordKind.Upsert);
        record.BeginEntry(PointId.Number(id));
        record.BeginVectors();
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(vector).CopyTo(record.AddVector(0, vector.Length * sizeof(float)));
        record.EndVectors();
        record.AddPayload(payload is null ? null : System.Text.Encoding.UTF8.GetBytes(payload));
        store.Apply(record.Seal(store.State.Sequence + 1).Span);
    }

    public static void Delete(this PointStore store, params ulong[] ids)
    {
        using var record = new RecordWriter(RecordKind.Delete);
        foreach (var id in ids) record.BeginEntry(PointId.Number(id));
        store.Apply(record.Seal(store.State.Sequence + 1).Span);
    }

    public static void Index(this PointStore store, string path, string type) =>
        store.Indexes.Set(PayloadIndex.Create(PayloadPath.Parse(path), type, null), store.Slots, store.State.SlotLimit);

    public static Filter ParseFilter(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new FilterParser(new Violations()).Parse(document.RootElement, "filter");
    }
}
