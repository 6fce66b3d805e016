namespace Qdrant.Local.Points;

/// <summary>
/// Open-addressing table from point id to slot for one writer and any number of lock-free readers.
/// It holds 4 bytes per entry; the ids themselves live in the slots, where <paramref name="idOf"/> finds them.
/// </summary>
internal sealed class IdTable(Func<int, PointId> idOf)
{
    private const int Empty = -1;
    private const int Removed = -2;

    private int[] _entries = NewTable(8);
    private int _used;
    private int _live;

    /// <summary>Slot that the id was last written to, or -1.</summary>
    public int Find(PointId id)
    {
        var entries = Volatile.Read(ref _entries);
        var position = Position(entries, id);
        for (; ; position = (position + 1) & (entries.Length - 1))
        {
            var slot = Volatile.Read(ref entries[position]);
            if (slot == Empty) return -1;
            if (slot >= 0 && idOf(slot) == id) return slot;
        }
    }

    public void Set(PointId id, int slot)
    {
        if ((_used + 1) * 10 > _entries.Length * 7) Rebuild();
        var entries = _entries;
        for (var position = Position(entries, id); ; position = (position + 1) & (entries.Length - 1))
        {
            var current = entries[position];
            if (current >= 0 && idOf(current) != id) continue;
            if (current == Removed) continue;
            if (current == Empty)
            {
                _used++;
                _live++;
            }

            Volatile.Write(ref entries[position], slot);
            return;
        }
    }

    public void Remove(PointId id)
    {
        var entries = _entries;
        for (var position = Position(entries, id); entries[position] != Empty; position = (position + 1) & (entries.Length - 1))
        {
            if (entries[position] < 0 || idOf(entries[position]) != id) continue;
            Volatile.Write(ref entries[position], Removed);
            _live--;
            return;
        }
    }

    // Readers keep probing the table they started with; the new one is published whole.
    private void Rebuild()
    {
        var bits = 8;
        while ((1L << bits) * 7 < (_live + 1L) * 20) bits++;
        var larger = NewTable(bits);
        foreach (var slot in _entries)
        {
            if (slot < 0) continue;
            var position = Position(larger, idOf(slot));
            while (larger[position] != Empty) position = (position + 1) & (larger.Length - 1);
            larger[position] = slot;
        }

        _used = _live;
        Volatile.Write(ref _entries, larger);
    }

    private static int Position(int[] entries, PointId id) => id.Slot(System.Numerics.BitOperations.Log2((uint)entries.Length));

    private static int[] NewTable(int bits)
    {
        var table = new int[1 << bits];
        Array.Fill(table, Empty);
        return table;
    }
}
