namespace Qdrant.Local.Points;

/// <summary>
/// Everything about a slot but its vectors, in chunks that never move. A slot is visible to a reader whose snapshot lies in
/// [created, deleted). One writer; the order of its stores and of the readers' loads is what makes reuse of a slot safe.
/// </summary>
internal sealed class SlotTable
{
    public const int ChunkShift = 12;
    public const int ChunkSize = 1 << ChunkShift;

    private const ulong Never = ulong.MaxValue;

    private Chunk[] _chunks = [];

    public PointId Id(int slot) => _chunks[slot >> ChunkShift].Ids[slot & (ChunkSize - 1)];

    /// <summary>Number of the operation that wrote the slot: the point's version.</summary>
    public ulong Created(int slot) => Volatile.Read(ref _chunks[slot >> ChunkShift].Created[slot & (ChunkSize - 1)]);

    public byte[]? Payload(int slot) => _chunks[slot >> ChunkShift].Payloads[slot & (ChunkSize - 1)];

    public bool IsVisible(int slot, ulong snapshot)
    {
        var chunk = _chunks[slot >> ChunkShift];
        var index = slot & (ChunkSize - 1);

        // Deleted first: a slot that is being refilled shows "deleted" until its new creation number is out of this snapshot's reach.
        return Volatile.Read(ref chunk.Deleted[index]) > snapshot && Volatile.Read(ref chunk.Created[index]) <= snapshot;
    }

    /// <summary>Fills a slot that no reader can see.</summary>
    public void Fill(int slot, PointId id, byte[]? payload)
    {
        while (slot >> ChunkShift >= _chunks.Length) Volatile.Write(ref _chunks, [.. _chunks, new Chunk()]);
        var chunk = _chunks[slot >> ChunkShift];
        var index = slot & (ChunkSize - 1);
        Volatile.Write(ref chunk.Created[index], Never);
        chunk.Ids[index] = id;
        chunk.Payloads[index] = payload;
    }

    /// <summary>Lets snapshots from <paramref name="sequence"/> on see the slot.</summary>
    public void Create(int slot, ulong sequence)
    {
        var chunk = _chunks[slot >> ChunkShift];
        Volatile.Write(ref chunk.Deleted[slot & (ChunkSize - 1)], Never);
        Volatile.Write(ref chunk.Created[slot & (ChunkSize - 1)], sequence);
    }

    /// <summary>Hides the slot from snapshots from <paramref name="sequence"/> on.</summary>
    public void Delete(int slot, ulong sequence) =>
        Volatile.Write(ref _chunks[slot >> ChunkShift].Deleted[slot & (ChunkSize - 1)], sequence);

    private sealed class Chunk
    {
        public readonly PointId[] Ids = new PointId[ChunkSize];
        public readonly ulong[] Created = new ulong[ChunkSize];
        public readonly ulong[] Deleted = new ulong[ChunkSize];
        public readonly byte[]?[] Payloads = new byte[]?[ChunkSize];
    }
}
