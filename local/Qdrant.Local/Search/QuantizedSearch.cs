using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Qdrant.Local.Filters;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Search;

/// <summary>
/// A first pass over int8 copies, a quarter of the bytes, and a second one over the few vectors that could still be among the best.
/// With v = v' + e and q = q' + f the estimate q'·v' misses q·v by at most |q|·|e| + |f|·|v'| (Cauchy–Schwarz). What is left out is
/// beyond that bound, so the answer is the exact one.
/// </summary>
internal static unsafe class QuantizedSearch
{
    /// <summary>Slack for what the sums themselves round, relative to the norms.</summary>
    private const float RoundingSlack = 4e-6f;

    public static List<Candidate> Find(DenseSearch.Target target, QuantizedColumn codes, int k)
    {
        var size = target.Column.Field.Size;
        var query = new ReadOnlySpan<float>((float*)target.Query, size);
        var encoded = GC.AllocateUninitializedArray<sbyte>(codes.Stride, pinned: true);
        Span<float> factors = stackalloc float[4];
        QuantizedColumn.Encode(query, encoded, factors);
        var norm = MathF.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares(query));
        var first = new FirstPass(target, codes, (nint)Unsafe.AsPointer(ref encoded[0]), factors[0], factors[1], norm);
        var workers = SearchWork.Run(target.View, target.Plan, codes.Stride, () => new Shortlist(k), first.Scan);
        GC.KeepAlive(encoded);
        return Rescore(target, workers, k);
    }

    private static List<Candidate> Rescore(DenseSearch.Target target, List<Shortlist> workers, int k)
    {
        var floor = float.NegativeInfinity;
        foreach (var worker in workers) floor = Math.Max(floor, worker.Floor);
        using var best = new TopK(k);
        foreach (var worker in workers)
        {
            foreach (var candidate in worker.Candidates)
            {
                if (!(candidate.Score < floor)) best.Offer(DenseSearch.Rank(target, candidate.Slot), candidate.Slot);
            }

            worker.Dispose();
        }

        return [.. best.Candidates];
    }

    /// <summary>What one worker keeps: the best k lower bounds, and every slot whose upper bound reached them when it was seen.</summary>
    private sealed class Shortlist(int k) : IDisposable
    {
        private readonly TopK _lower = new(k);

        /// <summary>Slots with their upper bounds.</summary>
        public List<Candidate> Candidates { get; } = [];

        /// <summary>At least k vectors rank this high for sure.</summary>
        public float Floor => _lower.Threshold;

        public void Offer(float lower, float upper, int slot)
        {
            if (upper < _lower.Threshold) return;
            Candidates.Add(new Candidate(upper, slot));
            _lower.Offer(lower, slot);
        }

        public void Dispose() => _lower.Dispose();
    }

    private sealed class FirstPass(DenseSearch.Target target, QuantizedColumn codes, nint query, float scale, float queryError, float queryNorm)
    {
        private readonly bool _euclid = target.Column.Field.Distance == Distance.Euclid;

        public void Scan(Shortlist shortlist, int from, int to, PointScope? scope)
        {
            var (view, column, plan) = (target.View, target.Column, target.Plan);
            var slot = plan.Candidates?.Next(from) ?? from;
            for (; slot < to; slot = plan.Candidates?.Next(slot + 1) ?? slot + 1)
            {
                if (!column.Has(slot) || !SearchWork.Includes(view, plan, slot, scope)) continue;
                var factors = codes.Factors(slot);
                var estimate = scale * factors[0] * Dot((sbyte*)query, codes.Codes(slot), codes.Stride);
                var error = (queryNorm * factors[1]) + (queryError * factors[2]) + (RoundingSlack * queryNorm * (factors[1] + factors[2]));
                if (_euclid)
                {
                    // −|q − v|² = 2·q·v − |q|² − |v|²
                    var norms = (queryNorm * queryNorm) + factors[3];
                    var slack = RoundingSlack * norms;
                    shortlist.Offer((2 * (estimate - error)) - norms - slack, (2 * (estimate + error)) - norms + slack, slot);
                }
                else
                {
                    shortlist.Offer(estimate - error, estimate + error, slot);
                }
            }
        }
    }

    /// <summary>The product of two rows of codes; <paramref name="length"/> is a multiple of 64.</summary>
    private static int Dot(sbyte* a, sbyte* b, int length)
    {
        if (Avx512BW.IsSupported)
        {
            var (s0, s1) = (Vector512<int>.Zero, Vector512<int>.Zero);
            for (var i = 0; i < length; i += 64)
            {
                s0 += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(a + i)), Avx512BW.ConvertToVector512Int16(Vector256.Load(b + i)));
                s1 += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(a + i + 32)), Avx512BW.ConvertToVector512Int16(Vector256.Load(b + i + 32)));
            }

            return Vector512.Sum(s0 + s1);
        }

        if (Avx2.IsSupported)
        {
            var (s0, s1) = (Vector256<int>.Zero, Vector256<int>.Zero);
            for (var i = 0; i < length; i += 32)
            {
                s0 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(a + i)), Avx2.ConvertToVector256Int16(Vector128.Load(b + i)));
                s1 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(a + i + 16)), Avx2.ConvertToVector256Int16(Vector128.Load(b + i + 16)));
            }

            return Vector256.Sum(s0 + s1);
        }

        var sum = Vector128<int>.Zero;
        for (var i = 0; i < length; i += 16)
        {
            var (aLow, aHigh) = Vector128.Widen(Vector128.Load(a + i));
            var (bLow, bHigh) = Vector128.Widen(Vector128.Load(b + i));
            var (low, high) = (aLow * bLow, aHigh * bHigh);
            var (low0, low1) = Vector128.Widen(low);
            var (high0, high1) = Vector128.Widen(high);
            sum += low0 + low1 + high0 + high1;
        }

        return Vector128.Sum(sum);
    }
}
