
namespace Rag.Benchmarks.Vectors;

/// <summary>
/// <c>vectors [--points N] [--dimensions N] [--queries N] [--data DIR] [--seed N]</c>: Qdrant.Local at the size that it is for. The server runs as a process of its own for what concerns it as one (upserts over HTTP,
/// start-up, memory); the search itself is measured in this process on the same files, beside a plain sum over the same memory.
/// </summary>
internal static class VectorsBenchmark
{
    public const string Collection = "bench";
    public const int K = 10;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var options = new BenchmarkOptions(args);
        var points = options.Number("points", 100_000);
        var size = options.Number("dimensions", 512);
        var queries = options.Number("queries", 200);
        var folder = options.Text("data") ?? Path.Combine(Path.GetTempPath(), $"rag-bench-vectors-{Environment.ProcessId}");
        var data = new SampleVectors(options.Number("seed", 7), size);
        var report = new TargetReport();
        Console.WriteLine($"vectors: {points} x {size} float32, k = {K}, {Environment.ProcessorCount} threads, data in {folder}");
        try
        {
            await ServerMeasurements.RunAsync(folder, data, points, report, cancellationToken);
            await SearchMeasurements.RunAsync(folder, data, queries, report);
            return report.ExitCode;
        }
        finally
        {
            if (options.Text("data") is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }
}
