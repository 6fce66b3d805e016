using System.Diagnostics;
using System.Runtime.Intrinsics;
using Microsoft.Extensions.Logging.Abstractions;
using Qdrant.Local.Collections;
using Qdrant.Local.Indexes;
using Qdrant.Local.Points;
using Qdrant.Local.Search;
using Qdrant.Local.Vectors;

namespace Rag.Benchmarks.Vectors;

/// <summary>
/// Searches and a plain sum over the same memory, taken in turns so that whatever else the machine does hits them alike.
/// </summary>
internal static class SearchMeasurements
{
    private const int Warmup = 30;

    public static async Task RunAsync(string folder, SampleVectors data, int queries, TargetReport report)
    {
        await using var store = new CollectionStore(new StorageSettings { Path = folder }, NullLogger<CollectionStore>.Instance);
        var points = store.Get(VectorsBenchmark.Collection).Points;
        points.Quantize([points.Fields[0] with { Quantized = true }]);
        using var view = points.OpenView();
        var column = (DenseColumn)view.Column(0);
        List<double> exact = [], quantized = [], sums = [];
        var (same, compared) = (0, 0);
        for (var i = 0; i < queries + Warmup; i++)
        {
            var query = data.Next();
            var (sum, _) = Timed(() => Sum(column, view.SlotLimit));
            var (exactTime, exactFound) = Timed(() => Find(view, column, query, useQuantized: false));
            var (quantizedTime, quantizedFound) = Timed(() => Find(view, column, query, useQuantized: true));
            if (i < Warmup) continue;
            sums.Add(sum);
            exact.Add(exactTime);
            quantized.Add(quantizedTime);
            compared++;
            if (Slots(exactFound).SequenceEqual(Slots(quantizedFound))) same++;
        }

        var (sumMedian, exactMedian, quantizedMedian) = (ServerMeasurements.Median(sums), ServerMeasurements.Median(exact), ServerMeasurements.Median(quantized));
        report.Note($"plain sum of the same bytes, {Environment.ProcessorCount} threads, p50", FormattableString.Invariant($"{sumMedian,10:0.###} ms"));
        report.Note("exact search, p50", FormattableString.Invariant($"{exactMedian,10:0.###} ms"));
        report.AtMost("exact search / plain sum", exactMedian / sumMedian, 1.3, "x");
        report.Note("int8 first pass, rescored, p50", FormattableString.Invariant($"{quantizedMedian,10:0.###} ms"));
        report.AtLeast("exact search / int8 first pass", exactMedian / quantizedMedian, 2.5, "x");
        report.AtLeast($"int8 queries with the exact top {VectorsBenchmark.K}", 100.0 * same / compared, 99.9, "%");
    }

    private static List<Candidate> Find(ReadView view, DenseColumn column, float[] query, bool useQuantized) =>
        DenseSearch.Find(view, column, query, FilterPlan.Everything, VectorsBenchmark.K, useQuantized);

    private static IEnumerable<int> Slots(List<Candidate> found) => found.Select(c => c.Slot).Order();

    private static (double Milliseconds, T Result) Timed<T>(Func<T> run)
    {
        var start = Stopwatch.GetTimestamp();
        var result = run();
        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, result);
    }

    // Every byte once, with as many threads as a search has, in pieces of the same size.
    private static unsafe float Sum(DenseColumn column, int slots)
    {
        var total = 0f;
        var gate = new Lock();
        var pieces = (slots + SearchWork.Stretch - 1) / SearchWork.Stretch;
        var next = -1;
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            var sum = Vector512<float>.Zero;
            for (int piece; (piece = Interlocked.Increment(ref next)) < pieces;)
            {
                var from = piece * SearchWork.Stretch;
                var rows = Math.Min(SearchWork.Stretch, slots - from);
                sum += SumOf(column.Row(from), (long)rows * column.Field.Size);
            }

            lock (gate) total += Vector512.Sum(sum);
        });
        return total;
    }

    private static unsafe Vector512<float> SumOf(float* from, long count)
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        for (long i = 0; i + 64 <= count; i += 64)
        {
            a += Vector512.Load(from + i);
            b += Vector512.Load(from + i + 16);
            c += Vector512.Load(from + i + 32);
            d += Vector512.Load(from + i + 48);
        }

        return a + b + c + d;
    }
}
