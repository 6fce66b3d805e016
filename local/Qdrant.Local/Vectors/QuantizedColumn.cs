using System.Numerics.Tensors;

namespace Qdrant.Local.Vectors;

/// <summary>
/// An int8 copy of a dense column for the first pass of a search. Row = scale · code + error, with a scale of its own per row and
/// the norm of the error kept beside it, so that a search can bound how far the estimate is from the true product.
/// </summary>
internal sealed unsafe class QuantizedColumn(int size, int shift) : IDisposable
{
    /// <summary>Numbers per row that belong to the row but are not its code.</summary>
    private const int FactorsPerRow = 4;

    private NativeBlock[] _codes = [];
    private NativeBlock[] _factors = [];

    /// <summary>Bytes per row: the size rounded up to the widest register, the rest zero.</summary>
    public int Stride { get; } = (size + 63) & ~63;

    public int RowsPerBlock => 1 << shift;

    public sbyte* Codes(int slot) => (sbyte*)(_codes[slot >> shift].Address + ((long)(slot & (RowsPerBlock - 1)) * Stride));

    /// <summary>Of a row: scale, norm of (row − scale · code), norm of scale · code, and the square of the row's norm.</summary>
    public float* Factors(int slot) => (float*)_factors[slot >> shift].Address + ((long)(slot & (RowsPerBlock - 1)) * FactorsPerRow);

    public void Write(int slot, ReadOnlySpan<float> row)
    {
        while (slot >> shift >= _codes.Length)
        {
            Volatile.Write(ref _factors, [.. _factors, new NativeBlock((nuint)(RowsPerBlock * FactorsPerRow * sizeof(float)))]);
            Volatile.Write(ref _codes, [.. _codes, new NativeBlock((nuint)Stride * (nuint)RowsPerBlock)]);
        }

        Encode(row, new Span<sbyte>(Codes(slot), Stride), new Span<float>(Factors(slot), FactorsPerRow));
    }

    /// <summary>Rounds a vector to int8 with the scale that its largest number needs.</summary>
    public static void Encode(ReadOnlySpan<float> row, Span<sbyte> codes, Span<float> factors)
    {
        var largest = row.IsEmpty ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(row));
        var scale = largest / 127f;
        var inverse = scale > 0 && float.IsFinite(1 / scale) ? 1 / scale : 0;
        double error = 0, norm = 0, square = 0;
        codes.Clear();
        for (var i = 0; i < row.Length; i++)
        {
            var code = (sbyte)Math.Clamp(MathF.Round(row[i] * inverse), -127, 127);
            codes[i] = code;
            square += (double)row[i] * row[i];
            var approximate = (double)scale * code;
            norm += approximate * approximate;
            error += (row[i] - approximate) * (row[i] - approximate);
        }

        factors[0] = scale;
        factors[1] = (float)Math.Sqrt(error);
        factors[2] = (float)Math.Sqrt(norm);
        factors[3] = (float)square;
    }

    public void Dispose()
    {
        foreach (var block in _codes) block.Dispose();
        foreach (var block in _factors) block.Dispose();
    }
}
