using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace Rag.Core.Embeddings.Cache;

/// <summary>SHA-256 of the model, its vectors' length and a text: equal keys mean equal vectors.</summary>
internal readonly record struct EmbeddingKey(UInt128 High, UInt128 Low)
{
    private const int Length = 32;

    public static EmbeddingKey Of(EmbeddingGeneratorMetadata model, string text)
    {
        // The zero bytes keep a part from flowing into the next.
        var prefix = $"{model.ProviderName}\0{model.DefaultModelId}\0{model.DefaultModelDimensions}\0";
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(prefix.Length) + Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = Encoding.UTF8.GetBytes(prefix, buffer);
            length += Encoding.UTF8.GetBytes(text, buffer.AsSpan(length));
            Span<byte> hash = stackalloc byte[Length];
            SHA256.HashData(buffer.AsSpan(0, length), hash);
            return MemoryMarshal.Read<EmbeddingKey>(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static EmbeddingKey FromBytes(byte[] bytes) => MemoryMarshal.Read<EmbeddingKey>(bytes);

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        MemoryMarshal.Write(bytes, this);
        return bytes;
    }
}
