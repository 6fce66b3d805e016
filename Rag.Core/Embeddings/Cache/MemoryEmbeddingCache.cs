namespace Rag.Core.Embeddings.Cache;

/// <summary>Vectors in memory, up to a number of bytes; the one unused for longest goes first. Thread-safe.</summary>
internal sealed class MemoryEmbeddingCache(long maxBytes)
{
    // Measured: dictionary entry, list node, array header.
    private const int EntryOverhead = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<EmbeddingKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];

    /// <summary>Memory in use, estimated.</summary>
    public long Bytes { get; private set; }

    public bool TryGet(EmbeddingKey key, out ReadOnlyMemory<float> vector)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                vector = default;
                return false;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            vector = node.Value.Vector;
            return true;
        }
    }

    public void Add(EmbeddingKey key, ReadOnlyMemory<float> vector)
    {
        if (Size(vector) > maxBytes) return;
        lock (_gate)
        {
            if (_entries.ContainsKey(key)) return;
            _entries.Add(key, _byUse.AddFirst(new Entry(key, vector)));
            Bytes += Size(vector);
            while (Bytes > maxBytes) RemoveOldest();
        }
    }

    private void RemoveOldest()
    {
        var oldest = _byUse.Last!;
        _byUse.RemoveLast();
        _entries.Remove(oldest.Value.Key);
        Bytes -= Size(oldest.Value.Vector);
    }

    private static long Size(ReadOnlyMemory<float> vector) => ((long)vector.Length * sizeof(float)) + EntryOverhead;

    private readonly record struct Entry(EmbeddingKey Key, ReadOnlyMemory<float> Vector);
}
