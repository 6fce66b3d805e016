using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Rag.Core.Embeddings.UseLite;

/// <summary>
/// Single-precision matrix product, <c>C = A·B + bias</c>, in register tiles of six rows. A tile keeps all its sums in registers: 6 × 64 floats are
/// 24 of the 32 registers of AVX-512, 6 × 16 are 12 of the 16 of AVX2. That leaves room for one row of B and a broadcast of A, and hides the latency
/// of the multiply-add (4 cycles × 2 ports need 8 independent sums). The right-hand side is read in panels of one tile's width: see <see cref="PackedMatrix"/>.
/// </summary>
internal static class MatrixKernel
{
    /// <summary>Rows of a tile. Left-hand sides and results must have room for a multiple of it.</summary>
    public const int TileRows = 6;

    private static readonly AlignedFloats Zero = new(64);

    /// <summary>Columns of a tile: what the machine's registers can hold.</summary>
    public static int TileColumns => Vector512.IsHardwareAccelerated ? 64 : 16;

    /// <summary>The number of rows that whole tiles take.</summary>
    public static int RoundUpRows(int rows) => (rows + TileRows - 1) / TileRows * TileRows;

    /// <summary>Computes <c>C = A·B + bias</c> for a packed B.</summary>
    /// <param name="a">Row-major, <paramref name="lda"/> floats from row to row, <c>RoundUpRows(rows)</c> rows readable.</param>
    /// <param name="c">Row-major, <paramref name="ldc"/> floats from row to row, <c>RoundUpRows(rows)</c> rows writable: what lies behind the last row is overwritten.</param>
    public static void Multiply(ReadOnlySpan<float> a, int lda, int rows, PackedMatrix b, Span<float> c, int ldc)
    {
        for (var column = 0; column < b.Columns; column += TileColumns)
        {
            Multiply(a, lda, rows, b.Panel(column), TileColumns, b.Rows, b.Bias.Span[column..], c[column..], ldc);
        }
    }

    /// <summary>Computes one panel of columns: <c>C[:, 0..TileColumns] = A·B + bias</c>.</summary>
    /// <param name="b"><paramref name="inner"/> rows of at least <see cref="TileColumns"/> floats, <paramref name="ldb"/> floats from row to row.</param>
    /// <param name="bias">At least <see cref="TileColumns"/> floats, or empty for none.</param>
    public static void Multiply(
        ReadOnlySpan<float> a, int lda, int rows, ReadOnlySpan<float> b, int ldb, int inner, ReadOnlySpan<float> bias, Span<float> c, int ldc)
    {
        rows = RoundUpRows(rows);
        if (bias.IsEmpty) bias = Zero.Span;
        // The tiles below index without checks: this is the check.
        if (rows == 0 || inner == 0) return;
        _ = a[((rows - 1) * lda) + inner - 1];
        _ = b[((inner - 1) * ldb) + TileColumns - 1];
        _ = c[((rows - 1) * ldc) + TileColumns - 1];
        _ = bias[TileColumns - 1];

        ref var a0 = ref MemoryMarshal.GetReference(a);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        ref var c0 = ref MemoryMarshal.GetReference(c);
        ref var bias0 = ref MemoryMarshal.GetReference(bias);
        for (var row = 0; row < rows; row += TileRows)
        {
            ref var tileA = ref Unsafe.Add(ref a0, row * lda);
            ref var tileC = ref Unsafe.Add(ref c0, row * ldc);
            if (Vector512.IsHardwareAccelerated) Tile512(ref tileA, (nuint)lda, ref b0, (nuint)ldb, (nuint)inner, ref bias0, ref tileC, (nuint)ldc);
            else Tile256(ref tileA, (nuint)lda, ref b0, (nuint)ldb, (nuint)inner, ref bias0, ref tileC, (nuint)ldc);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile512(
        ref float a, nuint lda, ref float b, nuint ldb, nuint inner, ref float bias, ref float c, nuint ldc)
    {
        Vector512<float> b0 = Vector512.LoadUnsafe(ref bias), b1 = Vector512.LoadUnsafe(ref bias, 16);
        Vector512<float> b2 = Vector512.LoadUnsafe(ref bias, 32), b3 = Vector512.LoadUnsafe(ref bias, 48);
        Vector512<float> c00 = b0, c01 = b1, c02 = b2, c03 = b3;
        Vector512<float> c10 = b0, c11 = b1, c12 = b2, c13 = b3;
        Vector512<float> c20 = b0, c21 = b1, c22 = b2, c23 = b3;
        Vector512<float> c30 = b0, c31 = b1, c32 = b2, c33 = b3;
        Vector512<float> c40 = b0, c41 = b1, c42 = b2, c43 = b3;
        Vector512<float> c50 = b0, c51 = b1, c52 = b2, c53 = b3;
        ref var a1 = ref Unsafe.Add(ref a, lda);
        ref var a2 = ref Unsafe.Add(ref a, lda * 2);
        ref var a3 = ref Unsafe.Add(ref a, lda * 3);
        ref var a4 = ref Unsafe.Add(ref a, lda * 4);
        ref var a5 = ref Unsafe.Add(ref a, lda * 5);
        for (nuint k = 0; k < inner; k++)
        {
            b0 = Vector512.LoadUnsafe(ref b);
            b1 = Vector512.LoadUnsafe(ref b, 16);
            b2 = Vector512.LoadUnsafe(ref b, 32);
            b3 = Vector512.LoadUnsafe(ref b, 48);
            b = ref Unsafe.Add(ref b, ldb);
            AddRow(Unsafe.Add(ref a, k), b0, b1, b2, b3, ref c00, ref c01, ref c02, ref c03);
            AddRow(Unsafe.Add(ref a1, k), b0, b1, b2, b3, ref c10, ref c11, ref c12, ref c13);
            AddRow(Unsafe.Add(ref a2, k), b0, b1, b2, b3, ref c20, ref c21, ref c22, ref c23);
            AddRow(Unsafe.Add(ref a3, k), b0, b1, b2, b3, ref c30, ref c31, ref c32, ref c33);
            AddRow(Unsafe.Add(ref a4, k), b0, b1, b2, b3, ref c40, ref c41, ref c42, ref c43);
            AddRow(Unsafe.Add(ref a5, k), b0, b1, b2, b3, ref c50, ref c51, ref c52, ref c53);
        }

        StoreRow(ref c, c00, c01, c02, c03);
        StoreRow(ref Unsafe.Add(ref c, ldc), c10, c11, c12, c13);
        StoreRow(ref Unsafe.Add(ref c, ldc * 2), c20, c21, c22, c23);
        StoreRow(ref Unsafe.Add(ref c, ldc * 3), c30, c31, c32, c33);
        StoreRow(ref Unsafe.Add(ref c, ldc * 4), c40, c41, c42, c43);
        StoreRow(ref Unsafe.Add(ref c, ldc * 5), c50, c51, c52, c53);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(
        float a, Vector512<float> b0, Vector512<float> b1, Vector512<float> b2, Vector512<float> b3,
        ref Vector512<float> c0, ref Vector512<float> c1, ref Vector512<float> c2, ref Vector512<float> c3)
    {
        var broadcast = Vector512.Create(a);
        c0 = Vector512.MultiplyAddEstimate(broadcast, b0, c0);
        c1 = Vector512.MultiplyAddEstimate(broadcast, b1, c1);
        c2 = Vector512.MultiplyAddEstimate(broadcast, b2, c2);
        c3 = Vector512.MultiplyAddEstimate(broadcast, b3, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(ref float c, Vector512<float> c0, Vector512<float> c1, Vector512<float> c2, Vector512<float> c3)
    {
        c0.StoreUnsafe(ref c);
        c1.StoreUnsafe(ref c, 16);
        c2.StoreUnsafe(ref c, 32);
        c3.StoreUnsafe(ref c, 48);
    }

    // Also what machines without AVX2 run: the runtime splits each vector in two.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile256(
        ref float a, nuint lda, ref float b, nuint ldb, nuint inner, ref float bias, ref float c, nuint ldc)
    {
        Vector256<float> b0 = Vector256.LoadUnsafe(ref bias), b1 = Vector256.LoadUnsafe(ref bias, 8);
        Vector256<float> c00 = b0, c01 = b1, c10 = b0, c11 = b1, c20 = b0, c21 = b1;
        Vector256<float> c30 = b0, c31 = b1, c40 = b0, c41 = b1, c50 = b0, c51 = b1;
        ref var a1 = ref Unsafe.Add(ref a, lda);
        ref var a2 = ref Unsafe.Add(ref a, lda * 2);
        ref var a3 = ref Unsafe.Add(ref a, lda * 3);
        ref var a4 = ref Unsafe.Add(ref a, lda * 4);
        ref var a5 = ref Unsafe.Add(ref a, lda * 5);
        for (nuint k = 0; k < inner; k++)
        {
            b0 = Vector256.LoadUnsafe(ref b);
            b1 = Vector256.LoadUnsafe(ref b, 8);
            b = ref Unsafe.Add(ref b, ldb);
            AddRow(Unsafe.Add(ref a, k), b0, b1, ref c00, ref c01);
            AddRow(Unsafe.Add(ref a1, k), b0, b1, ref c10, ref c11);
            AddRow(Unsafe.Add(ref a2, k), b0, b1, ref c20, ref c21);
            AddRow(Unsafe.Add(ref a3, k), b0, b1, ref c30, ref c31);
            AddRow(Unsafe.Add(ref a4, k), b0, b1, ref c40, ref c41);
            AddRow(Unsafe.Add(ref a5, k), b0, b1, ref c50, ref c51);
        }

        StoreRow(ref c, c00, c01);
        StoreRow(ref Unsafe.Add(ref c, ldc), c10, c11);
        StoreRow(ref Unsafe.Add(ref c, ldc * 2), c20, c21);
        StoreRow(ref Unsafe.Add(ref c, ldc * 3), c30, c31);
        StoreRow(ref Unsafe.Add(ref c, ldc * 4), c40, c41);
        StoreRow(ref Unsafe.Add(ref c, ldc * 5), c50, c51);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(float a, Vector256<float> b0, Vector256<float> b1, ref Vector256<float> c0, ref Vector256<float> c1)
    {
        var broadcast = Vector256.Create(a);
        c0 = Vector256.MultiplyAddEstimate(broadcast, b0, c0);
        c1 = Vector256.MultiplyAddEstimate(broadcast, b1, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(ref float c, Vector256<float> c0, Vector256<float> c1)
    {
        c0.StoreUnsafe(ref c);
        c1.StoreUnsafe(ref c, 8);
    }
}
