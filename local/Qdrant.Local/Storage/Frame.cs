using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Qdrant.Local.Storage;

/// <summary>
/// A frame of a log or snapshot file, little-endian: magic (u32), length of the body (u32), CRC-32C of length and body (u32), body.
/// The magic lets a reader find the next frame behind a damaged one; the checksum decides whether it is one.
/// </summary>
internal static class Frame
{
    public const int HeaderBytes = 12;
    public const uint Magic = 0x314C_4451;

    /// <summary>Fills the header of a frame whose body is complete.</summary>
    public static void Seal(Span<byte> frame)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], frame.Length - HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Checksum(frame));
    }

    /// <summary>Length of the body that the header announces; -1 when this is no header.</summary>
    public static int BodyLength(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic) return -1;
        return Math.Max(-1, BinaryPrimitives.ReadInt32LittleEndian(header[4..]));
    }

    public static bool IsIntact(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]) == Checksum(frame);

    private static uint Checksum(ReadOnlySpan<byte> frame)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]));
        var body = frame[HeaderBytes..];
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(body)) crc = BitOperations.Crc32C(crc, word);
        foreach (var tail in body[(body.Length & ~7)..]) crc = BitOperations.Crc32C(crc, tail);
        return ~crc;
    }
}
