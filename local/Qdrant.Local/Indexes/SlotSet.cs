using System.Numerics;

namespace Qdrant.Local.Indexes;

/// <summary>A set of slots, one bit each.</summary>
internal sealed class SlotSet(int slots)
{
    private readonly ulong[] _words = new ulong[(slots + 63) >> 6];

    public int Slots { get; } = slots;

    public void Add(int slot) => _words[slot >> 6] |= 1UL << (slot & 63);

    public bool Contains(int slot) => (_words[slot >> 6] & (1UL << (slot & 63))) != 0;

    public void IntersectWith(SlotSet other)
    {
        for (var i = 0; i < _words.Length; i++) _words[i] &= other._words[i];
    }

    public void UnionWith(SlotSet other)
    {
        for (var i = 0; i < _words.Length; i++) _words[i] |= other._words[i];
    }

    public void ExceptWith(SlotSet other)
    {
        for (var i = 0; i < _words.Length; i++) _words[i] &= ~other._words[i];
    }

    public int Count()
    {
        var count = 0;
        foreach (var word in _words) count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>The first member at or behind <paramref name="from"/>; <see cref="Slots"/> when there is none.</summary>
    public int Next(int from)
    {
        var index = from >> 6;
        if (index >= _words.Length) return Slots;
        var word = _words[index] & (ulong.MaxValue << (from & 63));
        while (word == 0)
        {
            if (++index >= _words.Length) return Slots;
            word = _words[index];
        }

        return (index << 6) + BitOperations.TrailingZeroCount(word);
    }
}
