using System.Numerics.Tensors;

namespace Rag.Core.Embeddings.UseLite;

/// <summary>Layer normalisation over one token: <c>(x − mean) / sqrt(variance + 1e-6) · scale + shift</c>, with the population variance.</summary>
internal sealed class LayerNorm(float[] scale, float[] shift)
{
    private const float Epsilon = 1e-6f;

    public void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        var mean = TensorPrimitives.Sum(input) / input.Length;
        TensorPrimitives.Subtract(input, mean, output);
        var variance = TensorPrimitives.SumOfSquares<float>(output) / input.Length;
        TensorPrimitives.Multiply(output, 1f / MathF.Sqrt(variance + Epsilon), output);
        TensorPrimitives.MultiplyAdd<float>(output, scale, shift, output);
    }
}
