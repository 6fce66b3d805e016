using System.Numerics.Tensors;

namespace Qdrant.Local.Vectors;

/// <summary>Brings vectors to length 1, which makes cosine a plain product.</summary>
internal static class Normalisation
{
    private const float ZeroLength = 1.1920929e-7f;
    private const float NormalisedTolerance = 1e-6f;

    /// <summary>Divides by the length. Vectors without one and those that have length 1 already stay bit for bit.</summary>
    public static void Apply(Span<float> vector)
    {
        var square = TensorPrimitives.SumOfSquares(vector);
        if (square < ZeroLength || Math.Abs(square - 1) <= NormalisedTolerance) return;
        var length = MathF.Sqrt(square);
        if (float.IsFinite(length)) TensorPrimitives.Divide(vector, length, vector);
    }
}
