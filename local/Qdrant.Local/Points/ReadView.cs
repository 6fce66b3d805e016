using Qdrant.Local.Vectors;

namespace Qdrant.Local.Points;

/// <summary>The points as they were at one operation. Cheap to open; to be disposed.</summary>
internal sealed class ReadView(PointStore store, StoreState state) : IDisposable
{
    private bool _disposed;

    public PointStore Store { get; } = store;

    public ulong Sequence => state.Sequence;

    /// <summary>Slots are numbered from 0 up to here; not all of them are visible.</summary>
    public int SlotLimit => state.SlotLimit;

    public int Count => state.Count;

    public bool IsVisible(int slot) => Store.Slots.IsVisible(slot, state.Sequence);

    public PointId Id(int slot) => Store.Slots.Id(slot);

    public byte[]? Payload(int slot) => Store.Slots.Payload(slot);

    public ulong Version(int slot) => Store.Slots.Created(slot);

    public VectorColumn Column(int ordinal) => Store.Column(ordinal);

    /// <summary>Finds a point by id, in its newest version (which may be one written after the view was opened).</summary>
    public bool TryFind(PointId id, out int slot)
    {
        slot = Store.Ids.Find(id);
        return slot >= 0;
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Store.CloseView(state.Sequence);
    }
}
