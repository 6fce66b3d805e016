using System.Collections.Concurrent;
using System.Numerics.Tensors;

namespace Rag.Core.Embeddings.UseLite;

/// <summary>
/// The forward pass of Universal Sentence Encoder Lite: two pre-norm transformer layers, mean pooling, a tanh projection, unit length.
/// Texts are independent of each other, so one pass stacks the tokens of several to read each weight matrix once.
/// Thread-safe; a text's vector does not depend on which texts share its pass.
/// </summary>
internal sealed class UseLiteModel(UseLiteWeights weights)
{
    public const int HeadCount = 4;

    private const float SmallestNorm = 1e-12f;
    private readonly ConcurrentBag<Scratch> _pool = [];

    /// <summary>
    /// How many of the texts from <paramref name="first"/> on fit one pass: at least one, and no more than <paramref name="maxRows"/> tokens together.
    /// </summary>
    public static int PassSize(ReadOnlySpan<int[]> texts, int first, int maxRows = Scratch.MaxRows)
    {
        var rows = 0;
        var last = first;
        while (last < texts.Length && last - first < Scratch.MaxTexts)
        {
            rows += TokenCount(texts[last]);
            if (rows > maxRows && last > first) break;
            last++;
        }

        return last - first;
    }

    /// <summary>Embeds texts that fit one pass.</summary>
    /// <param name="texts">Token ids; of each text the first <see cref="UseLiteWeights.MaxTokens"/> count. An empty text gets the model's bias vector.</param>
    /// <param name="vectors">Receives one new unit vector of <see cref="UseLiteWeights.Width"/> floats for each text.</param>
    public void Embed(ReadOnlySpan<int[]> texts, Span<float[]> vectors)
    {
        if (!_pool.TryTake(out var scratch)) scratch = new Scratch();
        try
        {
            Forward(texts, vectors, scratch);
        }
        finally
        {
            _pool.Add(scratch);
        }
    }

    private static int TokenCount(int[] ids) => Math.Min(ids.Length, UseLiteWeights.MaxTokens);

    private void Forward(ReadOnlySpan<int[]> texts, Span<float[]> vectors, Scratch scratch)
    {
        var rows = Lookup(texts, scratch);
        var input = scratch.Tokens;
        foreach (var layer in weights.Layers)
        {
            Attend(layer, input, texts, rows, scratch);
            FeedForward(layer, rows, scratch);
            input = scratch.Stream;
        }

        Pool(texts, scratch);
        MatrixKernel.Multiply(scratch.Pooled.Span, UseLiteWeights.Width, texts.Length, weights.Head, scratch.Output.Span, UseLiteWeights.Width);
        for (var i = 0; i < texts.Length; i++)
        {
            var vector = new float[UseLiteWeights.Width];
            TensorPrimitives.Tanh<float>(Row(scratch.Output, i, UseLiteWeights.Width), vector);
            TensorPrimitives.Multiply(vector, 1f / MathF.Sqrt(MathF.Max(TensorPrimitives.SumOfSquares<float>(vector), SmallestNorm)), vector);
            vectors[i] = vector;
        }
    }

    private static Span<float> Row(AlignedFloats matrix, int row, int width) => matrix.Span.Slice(row * width, width);

    private int Lookup(ReadOnlySpan<int[]> texts, Scratch scratch)
    {
        const int Width = UseLiteWeights.TokenWidth;
        var rows = 0;
        foreach (var ids in texts)
        {
            for (var position = 0; position < TokenCount(ids); position++)
            {
                // The graph adds the embedding to (embedding + signal), so it counts twice.
                TensorPrimitives.MultiplyAdd(
                    weights.TokenEmbeddings.AsSpan(ids[position] * Width, Width), 2f, weights.Timing.AsSpan(position * Width, Width), Row(scratch.Tokens, rows, Width));
                rows++;
            }
        }

        // The rows that fill up the last tile are computed and thrown away: what earlier passes left there must not be what they start from.
        scratch.Tokens.Span[(rows * Width)..(MatrixKernel.RoundUpRows(rows) * Width)].Clear();
        return rows;
    }

    private static void Attend(TransformerLayer layer, AlignedFloats input, ReadOnlySpan<int[]> texts, int rows, Scratch scratch)
    {
        var width = layer.Width;
        for (var row = 0; row < MatrixKernel.RoundUpRows(rows); row++) layer.AttentionNorm.Apply(Row(input, row, width), Row(scratch.Normed, row, width));
        MatrixKernel.Multiply(scratch.Normed.Span, width, rows, layer.Qkv, scratch.Wide.Span, 3 * width);

        var first = 0;
        foreach (var ids in texts)
        {
            var count = TokenCount(ids);
            for (var head = 0; head < HeadCount; head++) AttendHead(layer, head, first, count, scratch);
            first += count;
        }

        MatrixKernel.Multiply(scratch.Heads.Span, width, rows, layer.AttentionOutput, scratch.Update.Span, UseLiteWeights.Width);
        if (layer.Residual is { } residual) MatrixKernel.Multiply(input.Span, width, rows, residual, scratch.Stream.Span, UseLiteWeights.Width);
        Accumulate(scratch, rows);
    }

    private static void AttendHead(TransformerLayer layer, int head, int first, int count, Scratch scratch)
    {
        var size = layer.Width / HeadCount;
        var stride = 3 * layer.Width;
        var tile = MatrixKernel.TileColumns;
        var queries = scratch.Wide.Span[((first * stride) + (head * size))..];
        var keys = queries[layer.Width..];
        var values = keys[layer.Width..];

        for (var column = 0; column < count; column += tile)
        {
            var panel = scratch.Keys.Span[..(size * tile)];
            Transpose(keys[(column * stride)..], stride, Math.Min(tile, count - column), panel, tile, size);
            MatrixKernel.Multiply(queries, stride, count, panel, tile, size, default, scratch.Scores.Span[column..], Scratch.ScoreWidth);
        }

        for (var row = 0; row < count; row++) Softmax(scratch.Scores.Span.Slice(row * Scratch.ScoreWidth, count), layer.AttentionScale);

        for (var column = 0; column < size; column += tile)
        {
            var output = scratch.Heads.Span[((first * layer.Width) + (head * size) + column)..];
            MatrixKernel.Multiply(scratch.Scores.Span, Scratch.ScoreWidth, count, values[column..], stride, count, default, output, layer.Width);
        }
    }

    private static void Transpose(ReadOnlySpan<float> rows, int stride, int count, Span<float> panel, int tile, int size)
    {
        for (var i = 0; i < count; i++)
        {
            var row = rows.Slice(i * stride, size);
            for (var j = 0; j < row.Length; j++) panel[(j * tile) + i] = row[j];
        }
    }

    private static void Softmax(Span<float> scores, float scale)
    {
        TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores);
        TensorPrimitives.Multiply(scores, scale, scores);
        TensorPrimitives.Exp<float>(scores, scores);
        TensorPrimitives.Multiply(scores, 1f / TensorPrimitives.Sum<float>(scores), scores);
    }

    private static void FeedForward(TransformerLayer layer, int rows, Scratch scratch)
    {
        const int Width = UseLiteWeights.Width;
        for (var row = 0; row < MatrixKernel.RoundUpRows(rows); row++) layer.FeedForwardNorm.Apply(Row(scratch.Stream, row, Width), Row(scratch.Normed, row, Width));
        MatrixKernel.Multiply(scratch.Normed.Span, Width, rows, layer.Expand, scratch.Wide.Span, UseLiteWeights.HiddenWidth);
        var hidden = scratch.Wide.Span[..(MatrixKernel.RoundUpRows(rows) * UseLiteWeights.HiddenWidth)];
        TensorPrimitives.Max(hidden, 0f, hidden);
        MatrixKernel.Multiply(scratch.Wide.Span, UseLiteWeights.HiddenWidth, rows, layer.Contract, scratch.Update.Span, Width);
        Accumulate(scratch, rows);
    }

    private static void Accumulate(Scratch scratch, int rows)
    {
        var stream = scratch.Stream.Span[..(MatrixKernel.RoundUpRows(rows) * UseLiteWeights.Width)];
        TensorPrimitives.Add(stream, scratch.Update.Span[..stream.Length], stream);
    }

    private static void Pool(ReadOnlySpan<int[]> texts, Scratch scratch)
    {
        const int Width = UseLiteWeights.Width;
        var row = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            var mean = Row(scratch.Pooled, i, Width);
            mean.Clear();
            var count = TokenCount(texts[i]);
            for (var end = row + count; row < end; row++) TensorPrimitives.Add(mean, Row(scratch.Stream, row, Width), mean);
            TensorPrimitives.Multiply(mean, 1f / Math.Max(count, 1), mean);
        }
    }
}
