using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Rag.Core.Documents.Ingestion;

/// <summary>
/// The name of a chunk and of its vector: a UUID version 5 (RFC 9562, section 5.5) of document id, revision and ordinal. The same run twice writes the same vectors,
/// and two contents never share one.
/// </summary>
internal static class ChunkId
{
    private static readonly Guid Namespace = new("6f1d9a52-6f0c-4d0e-9d8f-8a2f6c1b7e3d");

    [SuppressMessage("Security", "CA5350", Justification = "RFC 9562 prescribes SHA-1; nothing is kept secret by it.")]
    public static Guid Of(string documentId, long revision, int ordinal)
    {
        var length = Encoding.UTF8.GetByteCount(documentId);
        Span<byte> name = stackalloc byte[16 + length + sizeof(long) + sizeof(int)];
        Namespace.TryWriteBytes(name, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(documentId, name[16..]);
        BinaryPrimitives.WriteInt64BigEndian(name[(16 + length)..], revision);
        BinaryPrimitives.WriteInt32BigEndian(name[(24 + length)..], ordinal);

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(name, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>The names of all chunks of one revision.</summary>
    public static IEnumerable<Guid> All(string documentId, long revision, int count) => Enumerable.Range(0, count).Select(ordinal => Of(documentId, revision, ordinal));
}
