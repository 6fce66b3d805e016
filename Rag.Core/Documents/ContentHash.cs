using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Rag.Core.Documents;

/// <summary>SHA-256 over the fields of a document, each preceded by its length so that no two documents run into the same bytes.</summary>
internal static class ContentHash
{
    public static string Of(string title, string text, string? source, string sourceType, DateTimeOffset? publishedAt, string metadata)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, title);
        Append(hash, text);
        Append(hash, source);
        Append(hash, sourceType);
        Append(hash, publishedAt?.UtcDateTime.ToString("O"));
        Append(hash, metadata);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, string? field)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        var bytes = field is null ? [] : Encoding.UTF8.GetBytes(field);
        BinaryPrimitives.WriteInt32LittleEndian(length, field is null ? -1 : bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
