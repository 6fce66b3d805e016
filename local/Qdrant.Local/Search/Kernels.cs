using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Qdrant.Local.Search;

/// <summary>
/// Dense products in the widest registers there are, four sums at a time so that the additions do not wait for each other. The
/// metric is a type parameter: the loop is compiled once per metric, without a call inside.
/// </summary>
internal static unsafe class Kernels
{
    /// <summary>Floats between what is computed and what is fetched. Measured: 8 KiB is best; without it a scan is a seventh slower.</summary>
    private const int Ahead = 2048;

    public static float Evaluate<TMetric>(float* a, float* b, int length)
        where TMetric : struct, IMetric =>
        Vector512.IsHardwareAccelerated ? Wide<TMetric>(a, b, length, isScan: false) : Narrow<TMetric>(a, b, length);

    /// <summary>The same on the way through all rows: what lies ahead of <paramref name="b"/> is fetched while this row is computed.</summary>
    public static float EvaluateInScan<TMetric>(float* a, float* b, int length)
        where TMetric : struct, IMetric =>
        Vector512.IsHardwareAccelerated ? Wide<TMetric>(a, b, length, isScan: true) : Narrow<TMetric>(a, b, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Wide<TMetric>(float* a, float* b, int length, bool isScan)
        where TMetric : struct, IMetric
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i <= length - 64; i += 64)
        {
            if (isScan && Sse.IsSupported)
            {
                // Four cache lines; fetching beyond the end of the memory does nothing.
                Sse.Prefetch0(b + i + Ahead);
                Sse.Prefetch0(b + i + Ahead + 16);
                Sse.Prefetch0(b + i + Ahead + 32);
                Sse.Prefetch0(b + i + Ahead + 48);
            }

            s0 = TMetric.Add(s0, Vector512.Load(a + i), Vector512.Load(b + i));
            s1 = TMetric.Add(s1, Vector512.Load(a + i + 16), Vector512.Load(b + i + 16));
            s2 = TMetric.Add(s2, Vector512.Load(a + i + 32), Vector512.Load(b + i + 32));
            s3 = TMetric.Add(s3, Vector512.Load(a + i + 48), Vector512.Load(b + i + 48));
        }

        for (; i <= length - 16; i += 16) s0 = TMetric.Add(s0, Vector512.Load(a + i), Vector512.Load(b + i));
        var sum = Vector512.Sum(s0 + s1 + (s2 + s3));
        for (; i < length; i++) sum = TMetric.Add(sum, a[i], b[i]);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Narrow<TMetric>(float* a, float* b, int length)
        where TMetric : struct, IMetric
    {
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i <= length - 32; i += 32)
        {
            s0 = TMetric.Add(s0, Vector256.Load(a + i), Vector256.Load(b + i));
            s1 = TMetric.Add(s1, Vector256.Load(a + i + 8), Vector256.Load(b + i + 8));
            s2 = TMetric.Add(s2, Vector256.Load(a + i + 16), Vector256.Load(b + i + 16));
            s3 = TMetric.Add(s3, Vector256.Load(a + i + 24), Vector256.Load(b + i + 24));
        }

        for (; i <= length - 8; i += 8) s0 = TMetric.Add(s0, Vector256.Load(a + i), Vector256.Load(b + i));
        var sum = Vector256.Sum(s0 + s1 + (s2 + s3));
        for (; i < length; i++) sum = TMetric.Add(sum, a[i], b[i]);
        return sum;
    }
}
