using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Rag.Observability.Audit;

/// <summary>
/// The hash of an event: SHA-256 over the hash before, the sequence number (eight bytes, big-endian) and the text; with a key, HMAC-SHA-256, so that whoever can write
/// to the database still cannot forge a chain.
/// </summary>
internal sealed class AuditChain(byte[]? key)
{
    public const int HashBytes = 32;

    public static byte[] Start { get; } = new byte[HashBytes];

    public byte[] Next(ReadOnlySpan<byte> previous, long sequence, string content)
    {
        var text = new byte[HashBytes + sizeof(long) + Encoding.UTF8.GetByteCount(content)];
        previous.CopyTo(text);
        BinaryPrimitives.WriteInt64BigEndian(text.AsSpan(HashBytes), sequence);
        Encoding.UTF8.GetBytes(content, text.AsSpan(HashBytes + sizeof(long)));
        return key is null ? SHA256.HashData(text) : HMACSHA256.HashData(key, text);
    }
}
