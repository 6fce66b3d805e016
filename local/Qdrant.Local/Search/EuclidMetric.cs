using System.Runtime.Intrinsics;

namespace Qdrant.Local.Search;

/// <summary>The sum of squared differences.</summary>
internal readonly struct EuclidMetric : IMetric
{
    public static Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b) => Vector512.FusedMultiplyAdd(a - b, a - b, sum);

    public static Vector256<float> Add(Vector256<float> sum, Vector256<float> a, Vector256<float> b) => Vector256.FusedMultiplyAdd(a - b, a - b, sum);

    public static float Add(float sum, float a, float b) => MathF.FusedMultiplyAdd(a - b, a - b, sum);

    public static float Rank(float sum) => -sum;
}
