using System.Runtime.InteropServices;
using Qdrant.Local.Points;

namespace Qdrant.Local.Indexes;

/// <summary>
/// Slots that hold a value, with the operation that filled each: if the slot was filled again since, the entry no longer counts.
/// Appended to by one writer, read without a lock.
/// </summary>
internal sealed class Postings<T>
    where T : unmanaged
{
    private Entry[] _entries = new Entry[2];
    private int _count;

    public void Add(int slot, ulong created, T value)
    {
        if (_count == _entries.Length)
        {
            var larger = new Entry[_entries.Length * 2];
            _entries.CopyTo(larger, 0);
            Volatile.Write(ref _entries, larger);
        }

        _entries[_count] = new Entry(slot, created, value);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Adds the slots of a view whose value passes.</summary>
    public void Collect<TPredicate>(ReadView view, TPredicate passes, SlotSet into)
        where TPredicate : struct, IValuePredicate<T>
    {
        // Count before entries: newer entry arrays hold at least as many.
        var count = Volatile.Read(ref _count);
        foreach (ref readonly var entry in Volatile.Read(ref _entries).AsSpan(0, count))
        {
            if (entry.Slot < view.SlotLimit && passes.Passes(entry.Value) && view.Version(entry.Slot) == entry.Created && view.IsVisible(entry.Slot))
                into.Add(entry.Slot);
        }
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly record struct Entry(int Slot, ulong Created, T Value);
}
