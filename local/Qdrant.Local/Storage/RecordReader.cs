using System.Buffers.Binary;
using Qdrant.Local.Points;

namespace Qdrant.Local.Storage;

/// <summary>Reads the body of an intact frame; the counterpart of <see cref="RecordWriter"/>.</summary>
internal ref struct RecordReader
{
    private ReadOnlySpan<byte> _rest;

    public RecordReader(ReadOnlySpan<byte> frame)
    {
        _rest = frame[Frame.HeaderBytes..];
        Sequence = ReadUInt64();
        Kind = (RecordKind)Take(1)[0];
        Count = ReadInt32();
    }

    public ulong Sequence { get; }

    public RecordKind Kind { get; }

    public int Count { get; }

    public PointId ReadId()
    {
        var isUuid = Take(1)[0] != 0;
        var low = ReadUInt64();
        return new PointId(isUuid ? ReadUInt64() : 0, low, isUuid);
    }

    public ulong ReadVersion() => ReadUInt64();

    public int ReadVectorCount() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public ReadOnlySpan<byte> ReadVector(out int ordinal)
    {
        ordinal = BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
        return Take(ReadInt32());
    }

    /// <summary>The vectors of an entry as they lie in the record, to be copied into another one.</summary>
    public ReadOnlySpan<byte> ReadVectors()
    {
        var start = _rest;
        for (var vectors = ReadVectorCount(); vectors > 0; vectors--) ReadVector(out _);
        return start[..^_rest.Length];
    }

    public byte[]? ReadPayload()
    {
        var length = ReadInt32();
        return length < 0 ? null : Take(length).ToArray();
    }

    private int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    private ReadOnlySpan<byte> Take(int bytes)
    {
        var taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }
}
