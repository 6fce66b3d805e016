using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Microsoft.Extensions.AI;
using Rag.Core.Embeddings;
using Rag.Core.Embeddings.UseLite;
using Rag.Tests.Support;

namespace Rag.Benchmarks;

/// <summary>
/// <c>embed [--model DIR] [--rounds N]</c>: embeddings per second of 40-word texts on one thread and on two, and the share of the machine's
/// multiply-add rate that they reach. Rounds alternate, and the best of each kind counts: other work on the machine only ever slows a round down.
/// </summary>
internal static class EmbedBenchmark
{
    private const int TextCount = 192;
    private const int WordsPerText = 40;
    private const int BatchSize = 32;

    private static readonly string[] Words =
        ("the of and to in is that for it was on are as with they at be this from have or by one had not but what all were when we there can an your which their said if do will " +
        "each about how up out them then she many some so these would other into has more her two like him see time could no make than first been its who now people my made over did " +
        "down only way find use may water long little very after words called just where most know get through back much before go good new write our used me man too any day same right " +
        "look think also around another came come work three word must because does part even place well such here take why things help put years different away again off went old number " +
        "great tell men say small every found still between name should home big give air line set own under read last never us left end along while might next sound below saw something " +
        "thought both few those always looked show large often together asked house world going want school important until form food keep children feet land side without boy once animals " +
        "database index query memory network server document search engine measure temperature pressure valve installation customer insurance agreement delivery " +
         "thermostat calibration subsidiary depreciation anaesthesia turbine centrifugal lubrication condensation refrigerant hydraulics oscillation manometer reimbursement liquidity " +
         "amortization hemoglobin antibody chromosome mitochondria pathogen vaccination cardiology neurotransmitter subduction sedimentary tectonic troposphere photosynthesis chlorophyll " +
         "jurisdiction plaintiff arbitration indemnity statutory compiler deadlock throughput serialization middleware deduplication replication sharding observability telemetry").Split(' ');

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var options = new BenchmarkOptions(args);
        var folder = new UseLiteFolder(options.Text("model") ?? EmbeddingModelFolder.Path);
        var rounds = options.Number("rounds", 10);
        var tokenizer = new UseLiteTokenizer(folder);
        var texts = Texts();
        var tokens = texts.ConvertAll(t => tokenizer.Count(t));
        var flops = tokens.Sum(Flops) / texts.Count;
        Console.WriteLine($"{texts.Count} texts of {WordsPerText} words, {tokens.Average():F1} tokens and {flops / 1e6:F0} MFLOP each, batches of {BatchSize}; {rounds} rounds, best counts");

        using var one = new UseLiteEmbeddingGenerator(folder, tokenizer, 1);
        using var two = new UseLiteEmbeddingGenerator(folder, tokenizer, 2);
        await EmbedAsync(one, texts, cancellationToken);
        await EmbedAsync(two, texts, cancellationToken);
        var (bestOne, bestTwo, bestSingle, peak) = (0.0, 0.0, 0.0, 0.0);
        for (var round = 0; round < rounds; round++)
        {
            peak = Math.Max(peak, PeakFlops());
            bestOne = Math.Max(bestOne, await EmbedAsync(one, texts, cancellationToken));
            bestTwo = Math.Max(bestTwo, await EmbedAsync(two, texts, cancellationToken));
            bestSingle = Math.Max(bestSingle, await EmbedOneByOneAsync(one, texts, cancellationToken));
        }

        Report("one thread", bestOne, flops, peak);
        Report("two threads", bestTwo, flops, 2 * peak);
        Report("one thread, text by text", bestSingle, flops, peak);
        Console.WriteLine($"peak of one thread, measured: {peak / 1e9:F0} GFLOP/s with vectors of {MatrixVectorBits} bits");
        Console.WriteLine($"two threads / one thread: {bestTwo / bestOne:F2}");
        return 0;
    }

    private static int MatrixVectorBits => Vector512.IsHardwareAccelerated ? 512 : 256;

    private static void Report(string name, double rate, double flops, double peak) =>
        Console.WriteLine($"{name,-26}{rate,8:F1} embeddings/s  {rate * flops / 1e9,7:F1} GFLOP/s  {rate * flops / peak,6:P0} of peak");

    private static async Task<double> EmbedAsync(UseLiteEmbeddingGenerator generator, List<string> texts, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var batch in texts.Chunk(BatchSize)) await generator.GenerateAsync(batch, cancellationToken: cancellationToken);
        return texts.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> EmbedOneByOneAsync(UseLiteEmbeddingGenerator generator, List<string> texts, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var text in texts) await generator.GenerateAsync([text], cancellationToken: cancellationToken);
        return texts.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static List<string> Texts()
    {
        var random = new Random(1);
        return Enumerable.Range(0, TextCount).Select(_ => string.Join(' ', random.GetItems(Words, WordsPerText)) + ".").ToList();
    }

    // Two floating-point operations for each weight of a dense layer and token; scores and their use take 4·n² for each unit of a layer's width.
    private static double Flops(int tokens) => (tokens * 2.0 * 4_653_056) + (4.0 * tokens * tokens * (256 + 512)) + (2.0 * 512 * 512);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double PeakFlops()
    {
        const int Steps = 4_000_000;
        var start = Stopwatch.GetTimestamp();
        var sum = MatrixVectorBits == 512 ? Chains512(Steps) : Chains256(Steps);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (float.IsNaN(sum)) throw new InvalidOperationException("The sums overflowed.");
        return 12.0 * Steps * (MatrixVectorBits / 32) * 2 / seconds;
    }

    // Twelve independent chains keep both multiply-add ports busy at any latency up to six cycles.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains512(int steps)
    {
        Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(0.001f);
        Vector512<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (var step = 0; step < steps; step++)
        {
            a = Vector512.MultiplyAddEstimate(a, x, y);
            b = Vector512.MultiplyAddEstimate(b, x, y);
            c = Vector512.MultiplyAddEstimate(c, x, y);
            d = Vector512.MultiplyAddEstimate(d, x, y);
            e = Vector512.MultiplyAddEstimate(e, x, y);
            f = Vector512.MultiplyAddEstimate(f, x, y);
            g = Vector512.MultiplyAddEstimate(g, x, y);
            h = Vector512.MultiplyAddEstimate(h, x, y);
            i = Vector512.MultiplyAddEstimate(i, x, y);
            j = Vector512.MultiplyAddEstimate(j, x, y);
            k = Vector512.MultiplyAddEstimate(k, x, y);
            l = Vector512.MultiplyAddEstimate(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains256(int steps)
    {
        Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(0.001f);
        Vector256<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (var step = 0; step < steps; step++)
        {
            a = Vector256.MultiplyAddEstimate(a, x, y);
            b = Vector256.MultiplyAddEstimate(b, x, y);
            c = Vector256.MultiplyAddEstimate(c, x, y);
            d = Vector256.MultiplyAddEstimate(d, x, y);
            e = Vector256.MultiplyAddEstimate(e, x, y);
            f = Vector256.MultiplyAddEstimate(f, x, y);
            g = Vector256.MultiplyAddEstimate(g, x, y);
            h = Vector256.MultiplyAddEstimate(h, x, y);
            i = Vector256.MultiplyAddEstimate(i, x, y);
            j = Vector256.MultiplyAddEstimate(j, x, y);
            k = Vector256.MultiplyAddEstimate(k, x, y);
            l = Vector256.MultiplyAddEstimate(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
