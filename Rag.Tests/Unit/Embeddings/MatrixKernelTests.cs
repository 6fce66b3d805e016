using Rag.Core.Embeddings.UseLite;

namespace Rag.Tests.Unit.Embeddings;

public sealed class MatrixKernelTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 7)]
    [InlineData(6, 64)]
    [InlineData(13, 33)]
    [InlineData(72, 256)]
    public void Multiplies_like_the_definition(int rows, int inner)
    {
        var random = new Random(1);
        var columns = 2 * MatrixKernel.TileColumns;
        float[] Numbers(int count) => Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var (a, b, bias) = (Numbers(MatrixKernel.RoundUpRows(rows) * inner), Numbers(inner * columns), Numbers(columns));
        var c = new float[MatrixKernel.RoundUpRows(rows) * columns];

        MatrixKernel.Multiply(a, inner, rows, new PackedMatrix(b, bias, inner, columns), c, columns);

        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var expected = bias[column] + Enumerable.Range(0, inner).Sum(k => (double)a[(row * inner) + k] * b[(k * columns) + column]);
                Assert.Equal(expected, c[(row * columns) + column], 1e-5);
            }
        }
    }

    [Fact]
    public void Buffers_that_are_too_small_are_refused()
    {
        var matrix = new PackedMatrix(new float[4 * MatrixKernel.TileColumns], new float[MatrixKernel.TileColumns], 4, MatrixKernel.TileColumns);

        Assert.ThrowsAny<Exception>(() => MatrixKernel.Multiply(new float[23], 4, 6, matrix, new float[6 * MatrixKernel.TileColumns], MatrixKernel.TileColumns));
        Assert.ThrowsAny<Exception>(() => MatrixKernel.Multiply(new float[24], 4, 6, matrix, new float[(6 * MatrixKernel.TileColumns) - 1], MatrixKernel.TileColumns));
    }
}
