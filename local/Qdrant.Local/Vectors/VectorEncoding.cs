using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Qdrant.Local.Vectors;

/// <summary>
/// How vectors lie in the log and in object columns, little-endian: dense = the floats; multi = the rows' floats one after another;
/// sparse = count (u32), the indices ascending (u32 each), then the values (f32 each).
/// </summary>
internal static class VectorEncoding
{
    public static byte[] Sparse(ReadOnlySpan<uint> indices, ReadOnlySpan<float> values)
    {
        var encoded = new byte[4 + (indices.Length * 8)];
        BinaryPrimitives.WriteInt32LittleEndian(encoded, indices.Length);
        MemoryMarshal.AsBytes(indices).CopyTo(encoded.AsSpan(4));
        MemoryMarshal.AsBytes(values).CopyTo(encoded.AsSpan(4 + (indices.Length * 4)));
        return encoded;
    }

    public static ReadOnlySpan<uint> SparseIndices(ReadOnlySpan<byte> encoded) =>
        MemoryMarshal.Cast<byte, uint>(encoded.Slice(4, BinaryPrimitives.ReadInt32LittleEndian(encoded) * 4));

    public static ReadOnlySpan<float> SparseValues(ReadOnlySpan<byte> encoded) =>
        MemoryMarshal.Cast<byte, float>(encoded[(4 + (BinaryPrimitives.ReadInt32LittleEndian(encoded) * 4))..]);

    public static ReadOnlySpan<float> Dense(ReadOnlySpan<byte> encoded) => MemoryMarshal.Cast<byte, float>(encoded);
}
