namespace Rag.Core.Embeddings.UseLite;

/// <summary>
/// A weight matrix with its bias, stored panel by panel: all rows of the first <see cref="MatrixKernel.TileColumns"/> columns, then of the next, and so on.
/// The kernel then reads one panel from front to back, and a panel stays in the second-level cache while all rows of the left-hand side pass.
/// </summary>
internal sealed class PackedMatrix
{
    private readonly AlignedFloats _panels;

    /// <param name="rowMajor"><paramref name="rows"/> × <paramref name="columns"/> floats, <c>y[o] = sum_i x[i]·W[i, o] + bias[o]</c>.</param>
    public PackedMatrix(ReadOnlySpan<float> rowMajor, ReadOnlySpan<float> bias, int rows, int columns)
    {
        var width = MatrixKernel.TileColumns;
        if (columns % width != 0) throw new ArgumentException($"{columns} columns are not a multiple of the tile width {width}.", nameof(columns));
        if (rowMajor.Length != rows * columns) throw new ArgumentException("The matrix has another size than its shape says.", nameof(rowMajor));
        if (bias.Length != columns) throw new ArgumentException("The bias has another size than the matrix has columns.", nameof(bias));

        Rows = rows;
        Columns = columns;
        Bias = new AlignedFloats(columns);
        bias.CopyTo(Bias.Span);
        _panels = new AlignedFloats(rows * columns);
        for (var column = 0; column < columns; column += width)
        {
            var panel = _panels.Span.Slice(column * rows, rows * width);
            for (var row = 0; row < rows; row++) rowMajor.Slice((row * columns) + column, width).CopyTo(panel[(row * width)..]);
        }
    }

    /// <summary>Number of inputs.</summary>
    public int Rows { get; }

    /// <summary>Number of outputs.</summary>
    public int Columns { get; }

    public AlignedFloats Bias { get; }

    /// <summary>All rows of the columns from <paramref name="column"/> on, one tile wide.</summary>
    public ReadOnlySpan<float> Panel(int column) => _panels.Span.Slice(column * Rows, Rows * MatrixKernel.TileColumns);
}
