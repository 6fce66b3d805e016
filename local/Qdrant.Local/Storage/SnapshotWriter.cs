using Qdrant.Local.Points;

namespace Qdrant.Local.Storage;

/// <summary>Writes the points of a view in the same frames as the log.</summary>
internal static class SnapshotWriter
{
    private const int FrameBytes = 256 << 10;

    public static void Write(ReadView view, LogFile file)
    {
        RecordWriter? record = null;
        try
        {
            for (var slot = 0; slot < view.SlotLimit; slot++)
            {
                if (!view.IsVisible(slot)) continue;
                record ??= new RecordWriter(RecordKind.Snapshot, FrameBytes * 2);
                record.BeginEntry(view.Id(slot), view.Version(slot));
                CopyVectors(view, slot, record);
                record.AddPayload(view.Payload(slot));
                if (record.Length >= FrameBytes) Flush(ref record, view, file);
            }

            if (record is not null) Flush(ref record, view, file);
            record = new RecordWriter(RecordKind.SnapshotEnd);
            Flush(ref record, view, file);
        }
        finally
        {
            record?.Dispose();
        }
    }

    /// <summary>Adds the vectors of a slot to an entry.</summary>
    public static void CopyVectors(ReadView view, int slot, RecordWriter record)
    {
        record.BeginVectors();
        foreach (var field in view.Store.Fields)
        {
            var column = view.Column(field.Ordinal);
            if (column.Has(slot)) column.Encode(slot, record.AddVector(field.Ordinal, column.EncodedLength(slot)));
        }

        record.EndVectors();
    }

    private static void Flush(ref RecordWriter? record, ReadView view, LogFile file)
    {
        file.Append(record!.Seal(view.Sequence).Span);
        record.Dispose();
        record = null;
    }
}
