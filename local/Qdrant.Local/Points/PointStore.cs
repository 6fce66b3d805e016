using Qdrant.Local.Errors;
using Qdrant.Local.Indexes;
using Qdrant.Local.Storage;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Points;

/// <summary>
/// The points of a collection in memory. One writer applies records; readers open a <see cref="ReadView"/> and see the points as
/// they were at one operation, without waiting: a changed point gets a new slot, and the old one is reused only when no view that
/// could see it is open.
/// </summary>
internal sealed class PointStore : IDisposable
{
    private readonly Dictionary<ulong, int> _openViews = [];
    private readonly Queue<(int Slot, ulong Deleted)> _retired = new();
    private readonly Lock _views = new();
    private readonly VectorColumn[] _columns;
    private StoreState _state = new(0, 0, 0);
    private ulong _reusableUpTo;
    private int _allocated;
    private bool _closed;

    public PointStore(IReadOnlyList<VectorField> fields)
    {
        Fields = fields;
        Ids = new IdTable(Slots.Id);
        _columns = [.. fields.Select(f => f.Kind == VectorKind.Dense ? (VectorColumn)new DenseColumn(f) : new ObjectColumn(f))];
    }

    public IReadOnlyList<VectorField> Fields { get; }

    public SlotTable Slots { get; } = new();

    public IdTable Ids { get; }

    public PayloadIndexes Indexes { get; } = new();

    /// <summary>What a view opened now would see.</summary>
    public StoreState State => Volatile.Read(ref _state);

    public VectorColumn Column(int ordinal) => _columns[ordinal];

    /// <summary>Opens a view on the newest state. It must be disposed; an open view keeps old versions of points in memory.</summary>
    public ReadView OpenView()
    {
        lock (_views)
        {
            if (_closed) throw QdrantException.NotFound("The collection was deleted while the request was under way");
            var state = _state;
            _openViews[state.Sequence] = _openViews.GetValueOrDefault(state.Sequence) + 1;
            return new ReadView(this, state);
        }
    }

    public void CloseView(ulong sequence)
    {
        lock (_views)
        {
            if (--_openViews[sequence] == 0) _openViews.Remove(sequence);
            if (_closed && _openViews.Count == 0) Release();
        }
    }

    /// <summary>Applies a record and publishes the result with one pointer swap.</summary>
    public void Apply(ReadOnlySpan<byte> frame)
    {
        var record = new RecordReader(frame);
        var count = _state.Count;
        _reusableUpTo = OldestVisible();
        for (var i = 0; i < record.Count; i++)
        {
            var version = record.Kind == RecordKind.Snapshot ? record.ReadVersion() : record.Sequence;
            var id = record.ReadId();
            var old = Ids.Find(id);
            switch (record.Kind)
            {
                case RecordKind.Upsert or RecordKind.Snapshot:
                    Place(ref record, id, version);
                    if (old < 0) count++;
                    break;
                case RecordKind.Payload:
                    var payload = record.ReadPayload();
                    if (old >= 0) Repaint(old, id, payload, version);
                    break;
                case RecordKind.Delete when old >= 0:
                    Ids.Remove(id);
                    count--;
                    break;
                default:
                    break;
            }

            if (old >= 0) Retire(old, version);
        }

        Indexes.DropStaleEntries(Slots, _allocated);
        lock (_views) Volatile.Write(ref _state, new StoreState(Math.Max(record.Sequence, _state.Sequence), _allocated, count));
    }

    /// <summary>Starts or stops keeping int8 copies, as the changed fields say. Only the writer may call it.</summary>
    public void Quantize(IReadOnlyList<VectorField> fields)
    {
        foreach (var field in fields)
        {
            if (_columns[field.Ordinal] is DenseColumn dense) dense.Quantize(field.Quantized, _allocated);
        }
    }

    public void Dispose()
    {
        lock (_views)
        {
            _closed = true;
            if (_openViews.Count == 0) Release();
        }
    }

    private void Place(ref RecordReader record, PointId id, ulong version)
    {
        var slot = TakeSlot();
        Span<bool> filled = stackalloc bool[_columns.Length];
        for (var vectors = record.ReadVectorCount(); vectors > 0; vectors--)
        {
            var encoded = record.ReadVector(out var ordinal);
            _columns[ordinal].Write(slot, encoded);
            filled[ordinal] = true;
        }

        for (var ordinal = 0; ordinal < _columns.Length; ordinal++)
        {
            if (!filled[ordinal]) _columns[ordinal].Clear(slot);
        }

        Show(slot, id, record.ReadPayload(), version);
    }

    private void Repaint(int old, PointId id, byte[]? payload, ulong version)
    {
        var slot = TakeSlot();
        foreach (var column in _columns) column.Copy(old, slot);
        Show(slot, id, payload, version);
    }

    private void Show(int slot, PointId id, byte[]? payload, ulong version)
    {
        Slots.Fill(slot, id, payload);
        Indexes.Add(slot, version, payload);
        Slots.Create(slot, version);
        Ids.Set(id, slot);
    }

    private void Retire(int slot, ulong sequence)
    {
        Slots.Delete(slot, sequence);
        _retired.Enqueue((slot, sequence));
    }

    // The oldest retired slot first: its time of retirement is the smallest, so if it cannot be reused none can.
    private int TakeSlot()
    {
        if (_retired.TryPeek(out var oldest) && oldest.Deleted <= _reusableUpTo)
        {
            _retired.Dequeue();
            return oldest.Slot;
        }

        return _allocated++;
    }

    private ulong OldestVisible()
    {
        lock (_views) return _openViews.Count == 0 ? _state.Sequence : Math.Min(_state.Sequence, _openViews.Keys.Min());
    }

    private void Release()
    {
        foreach (var column in _columns) column.Dispose();
    }
}
