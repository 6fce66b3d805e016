using System.Buffers;
using System.Buffers.Binary;
using Qdrant.Local.Points;

namespace Qdrant.Local.Storage;

/// <summary>
/// Builds one framed record: header, sequence number (u64), kind (u8), count of entries (i32), entries. Entry parts in order:
/// version (u64, snapshots only), id (tag, 8 or 16 bytes), vectors (count u16; each ordinal u16, length i32, bytes), payload (length i32
/// or -1, UTF-8 JSON). Requests fill it straight from their JSON; what is applied to memory is what went to disk.
/// </summary>
internal sealed class RecordWriter : IDisposable
{
    private const int SequenceAt = Frame.HeaderBytes;
    private const int KindAt = SequenceAt + 8;
    private const int CountAt = KindAt + 1;
    private const int EntriesAt = CountAt + 4;

    private byte[] _buffer;
    private int _length = EntriesAt;
    private int _vectorCountAt;
    private ushort _vectorCount;

    public RecordWriter(RecordKind kind, int capacity = 1024)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(EntriesAt, capacity));
        _buffer[KindAt] = (byte)kind;
    }

    public RecordKind Kind => (RecordKind)_buffer[KindAt];

    public int Count { get; private set; }

    public int Length => _length;

    public void BeginEntry(PointId id)
    {
        Count++;
        WriteId(id);
    }

    public void BeginEntry(PointId id, ulong version)
    {
        Count++;
        BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), version);
        WriteId(id);
    }

    public void BeginVectors()
    {
        _vectorCountAt = _length;
        _vectorCount = 0;
        Reserve(2);
    }

    /// <summary>Adds a vector and gives the place for its encoded bytes, valid until the next call.</summary>
    public Span<byte> AddVector(int ordinal, int bytes)
    {
        _vectorCount++;
        var header = Reserve(6);
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)ordinal);
        BinaryPrimitives.WriteInt32LittleEndian(header[2..], bytes);
        return Reserve(bytes);
    }

    /// <summary>Adds the vectors of an entry as <see cref="RecordReader.ReadVectors"/> gave them.</summary>
    public void AddVectors(ReadOnlySpan<byte> vectors) => vectors.CopyTo(Reserve(vectors.Length));

    public void EndVectors() => BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(_vectorCountAt), _vectorCount);

    public void AddPayload(byte[]? payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Reserve(4), payload?.Length ?? -1);
        payload?.CopyTo(Reserve(payload.Length));
    }

    /// <summary>Gives the finished frame, its sequence number filled in.</summary>
    public ReadOnlyMemory<byte> Seal(ulong sequence)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(SequenceAt), sequence);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(CountAt), Count);
        Frame.Seal(_buffer.AsSpan(0, _length));
        return _buffer.AsMemory(0, _length);
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void WriteId(PointId id)
    {
        var place = Reserve(id.IsUuid ? 17 : 9);
        place[0] = id.IsUuid ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt64LittleEndian(place[1..], id.Low);
        if (id.IsUuid) BinaryPrimitives.WriteUInt64LittleEndian(place[9..], id.High);
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked((int)Math.Min(Array.MaxLength, Math.Max((long)_length + bytes, _buffer.Length * 2L))));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var place = _buffer.AsSpan(_length, bytes);
        _length += bytes;
        return place;
    }
}
