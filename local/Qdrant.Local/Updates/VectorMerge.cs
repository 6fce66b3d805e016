using Qdrant.Local.Errors;
using Qdrant.Local.Points;
using Qdrant.Local.Storage;

namespace Qdrant.Local.Updates;

/// <summary>Makes whole points of stored ones and changed or removed vectors.</summary>
internal static class VectorMerge
{
    private static readonly HashSet<int> NoOrdinals = [];

    /// <summary>Puts given vectors over the stored ones of existing points, and is done with the given record.</summary>
    public static RecordWriter Apply(PointStore points, RecordWriter changes, UpsertCondition? condition)
    {
        using var given = changes;
        using var view = points.OpenView();
        using var scope = new Filters.PointScope(view);
        var merged = new Dictionary<PointId, Dictionary<int, byte[]>>();
        var reader = new RecordReader(changes.Seal(0).Span);
        for (var i = 0; i < reader.Count; i++)
        {
            var id = reader.ReadId();
            if (!view.TryFind(id, out _)) throw QdrantException.NotFound($"No point with id {id} found");
            if (!merged.TryGetValue(id, out var vectors)) merged[id] = vectors = [];
            for (var left = reader.ReadVectorCount(); left > 0; left--)
            {
                var encoded = reader.ReadVector(out var ordinal);
                vectors[ordinal] = encoded.ToArray();
            }

            reader.ReadPayload();
        }

        var record = new RecordWriter(RecordKind.Upsert, changes.Length);
        foreach (var (id, vectors) in merged)
        {
            if (view.TryFind(id, out var slot) && condition?.Lets(id, view, scope) != false) WriteEntry(record, view, slot, vectors, NoOrdinals);
        }

        return record;
    }

    /// <summary>The selected points without some of their vectors.</summary>
    public static RecordWriter Remove(PointStore points, PointSelector selector, IReadOnlySet<int> ordinals)
    {
        using var view = points.OpenView();
        selector.RequireAll(view);
        var record = new RecordWriter(RecordKind.Upsert);
        foreach (var slot in selector.Resolve(view)) WriteEntry(record, view, slot, [], ordinals);
        return record;
    }

    private static void WriteEntry(RecordWriter record, ReadView view, int slot, Dictionary<int, byte[]> over, IReadOnlySet<int> without)
    {
        record.BeginEntry(view.Id(slot));
        record.BeginVectors();
        foreach (var field in view.Store.Fields)
        {
            var column = view.Column(field.Ordinal);
            if (without.Contains(field.Ordinal)) continue;
            if (over.TryGetValue(field.Ordinal, out var given)) given.CopyTo(record.AddVector(field.Ordinal, given.Length));
            else if (column.Has(slot)) column.Encode(slot, record.AddVector(field.Ordinal, column.EncodedLength(slot)));
        }

        record.EndVectors();
        record.AddPayload(view.Payload(slot));
    }
}
