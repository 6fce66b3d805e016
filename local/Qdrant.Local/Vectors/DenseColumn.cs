using System.Runtime.InteropServices;

namespace Qdrant.Local.Vectors;

/// <summary>Dense vectors in contiguous native memory, in blocks of <see cref="RowsPerBlock"/> rows.</summary>
internal sealed unsafe class DenseColumn : VectorColumn
{
    private const int TargetBlockBytes = 16 << 20;

    private readonly int _shift;
    private NativeBlock[] _blocks = [];
    private byte[][] _present = [];
    private QuantizedColumn? _quantized;

    public DenseColumn(VectorField field)
        : base(field)
    {
        RowBytes = field.Size * sizeof(float);
        _shift = Math.Clamp(System.Numerics.BitOperations.Log2((uint)Math.Max(1, TargetBlockBytes / RowBytes)), 8, 14);
        _quantized = field.Quantized ? new QuantizedColumn(field.Size, _shift) : null;
    }

    public int RowBytes { get; }

    public int RowsPerBlock => 1 << _shift;

    /// <summary>The int8 copy of the same rows; null when it was not asked for.</summary>
    public QuantizedColumn? Quantized => Volatile.Read(ref _quantized);

    /// <summary>Address of a row. Rows of one block follow each other without a gap.</summary>
    public float* Row(int slot) => (float*)(_blocks[slot >> _shift].Address + ((long)(slot & (RowsPerBlock - 1)) * RowBytes));

    public ReadOnlySpan<float> Span(int slot) => new(Row(slot), Field.Size);

    public ReadOnlySpan<byte> Present(int block) => _present[block];

    public override bool Has(int slot) => _present[slot >> _shift][slot & (RowsPerBlock - 1)] != 0;

    public override void Write(int slot, ReadOnlySpan<byte> encoded)
    {
        Grow(slot);
        encoded.CopyTo(new Span<byte>(Row(slot), RowBytes));
        _quantized?.Write(slot, Span(slot));
        _present[slot >> _shift][slot & (RowsPerBlock - 1)] = 1;
    }

    public override void Clear(int slot)
    {
        Grow(slot);
        _present[slot >> _shift][slot & (RowsPerBlock - 1)] = 0;
    }

    public override void Copy(int from, int to)
    {
        if (Has(from)) Write(to, MemoryMarshal.AsBytes(Span(from)));
        else Clear(to);
    }

    public override int EncodedLength(int slot) => RowBytes;

    public override void Encode(int slot, Span<byte> destination) => MemoryMarshal.AsBytes(Span(slot)).CopyTo(destination);

    /// <summary>Makes or forgets the int8 copy. A search that is under way keeps the one it has; the collector frees it.</summary>
    public void Quantize(bool wanted, int slots)
    {
        if (!wanted) Volatile.Write(ref _quantized, null);
        if (!wanted || _quantized is not null) return;
        var made = new QuantizedColumn(Field.Size, _shift);
        for (var slot = 0; slot < slots; slot++)
        {
            if (Has(slot)) made.Write(slot, Span(slot));
        }

        Volatile.Write(ref _quantized, made);
    }

    public override void Dispose()
    {
        foreach (var block in _blocks) block.Dispose();
        _quantized?.Dispose();
    }

    // Both arrays are replaced, never resized in place: a reader keeps the ones it has seen.
    private void Grow(int slot)
    {
        while (slot >> _shift >= _blocks.Length)
        {
            Volatile.Write(ref _present, [.. _present, new byte[RowsPerBlock]]);
            Volatile.Write(ref _blocks, [.. _blocks, new NativeBlock((nuint)RowBytes * (nuint)RowsPerBlock)]);
        }
    }
}
