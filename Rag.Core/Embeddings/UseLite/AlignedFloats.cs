using System.Runtime.InteropServices;

namespace Rag.Core.Embeddings.UseLite;

/// <summary>A float buffer that starts on a cache line and never moves, so that a full-width vector load never straddles two lines.</summary>
internal sealed class AlignedFloats
{
    private const int LineBytes = 64;
    private readonly float[] _array;
    private readonly int _offset;

    /// <param name="length">Number of floats.</param>
    public AlignedFloats(int length)
    {
        _array = GC.AllocateArray<float>(length + LineBytes / sizeof(float), pinned: true);
        var address = Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
        _offset = (int)((LineBytes - (address & (LineBytes - 1))) % LineBytes) / sizeof(float);
        Length = length;
    }

    public int Length { get; }

    public Span<float> Span => _array.AsSpan(_offset, Length);
}
