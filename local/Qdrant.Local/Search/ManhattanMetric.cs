using System.Runtime.Intrinsics;

namespace Qdrant.Local.Search;

/// <summary>The sum of absolute differences.</summary>
internal readonly struct ManhattanMetric : IMetric
{
    public static Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b) => sum + Vector512.Abs(a - b);

    public static Vector256<float> Add(Vector256<float> sum, Vector256<float> a, Vector256<float> b) => sum + Vector256.Abs(a - b);

    public static float Add(float sum, float a, float b) => sum + MathF.Abs(a - b);

    public static float Rank(float sum) => -sum;
}
