using System.Runtime.Intrinsics;

namespace Qdrant.Local.Search;

/// <summary>What two vectors' numbers add to a sum.</summary>
internal interface IMetric
{
    static abstract Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b);

    static abstract Vector256<float> Add(Vector256<float> sum, Vector256<float> a, Vector256<float> b);

    static abstract float Add(float sum, float a, float b);

    /// <summary>Turns the sum into a rank: larger is better.</summary>
    static abstract float Rank(float sum);
}
