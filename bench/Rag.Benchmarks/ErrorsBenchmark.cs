using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rag.Observability.Errors;
using Rag.Observability.ErrorTracking;
using Rag.Tests.Support;

namespace Rag.Benchmarks;

/// <summary>
/// <c>errors [--seconds 5] [--rate 10000]</c>: what capturing an error costs the request that met it, while identical errors come at that rate and are stored in a
/// real PostgreSQL; whether all of them are counted; and what memory is left of them. Twice, so that the second run has the history of the first.
/// </summary>
internal static class ErrorsBenchmark
{
    private const int Threads = 2;
    private const int BurstsPerSecond = 100;

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var options = new BenchmarkOptions(args);
        var (seconds, rate) = (options.Number("seconds", 5), options.Number("rate", 10_000));
        var spool = Directory.CreateTempSubdirectory("rag-bench-errors-");
        await using var postgres = await PostgresServer.StartAsync(isDurable: true);
        using var host = Build(postgres.ConnectionString("postgres"), spool.FullName);
        await host.StartAsync(cancellationToken);
        using var dropped = new Measurements(host.Services.GetRequiredService<IMeterFactory>(), "rag.errors.dropped");
        var report = new TargetReport();
        var captured = 0L;

        await MeasureAsync(host, seconds: 1, rate, cancellationToken);
        var before = await CountAsync(host, cancellationToken);
        foreach (var run in (string[])["first storm", "second storm"])
        {
            var memory = GC.GetTotalMemory(forceFullCollection: true);
            var (times, bytes) = await MeasureAsync(host, seconds, rate, cancellationToken);
            captured += times.Length;
            report.Note($"{run}: errors", $"{times.Length} in {seconds} s");
            report.AtMost($"{run}: capture p50", times[times.Length / 2], 20, "µs");
            report.AtMost($"{run}: capture p99", times[(int)(times.Length * 0.99)], 20, "µs");
            report.Note($"{run}: allocated by one capture", $"{bytes} B");
            report.AtMost($"{run}: memory left", (GC.GetTotalMemory(forceFullCollection: true) - memory) / 1e6, 5, "MB");
        }

        await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
        var lost = captured - (await CountAsync(host, cancellationToken) - before) - (long)dropped.Sum;
        report.Note("dropped, and counted as dropped", $"{dropped.Sum}");
        report.AtMost("neither counted nor counted as dropped", Math.Abs(lost), 0, "errors");
        await host.StopAsync(cancellationToken);
        spool.Delete(recursive: true);
        return report.ExitCode;
    }

    private static IHost Build(string database, string spool)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["ConnectionStrings:rag"] = database, ["Spool:Folder"] = spool });
        builder.AddErrorTracking();
        builder.AddErrorGroups();
        return builder.Build();
    }

    /// <returns>The time of each capture in microseconds, in ascending order, and what one allocates.</returns>
    private static async Task<(double[] Times, long Bytes)> MeasureAsync(IHost host, int seconds, int rate, CancellationToken cancellationToken)
    {
        var tracker = host.Services.GetRequiredService<ErrorTracker>();
        var perBurst = rate / BurstsPerSecond / Threads;
        var threads = await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () => Storm(tracker, seconds * BurstsPerSecond, perBurst, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return ([.. threads.SelectMany(thread => thread.Times).Order()], threads.Sum(thread => thread.Bytes) / threads.Sum(thread => thread.Times.Count));
    }

    private static (List<double> Times, long Bytes) Storm(ErrorTracker tracker, int bursts, int perBurst, CancellationToken cancellationToken)
    {
        var times = new List<double>(bursts * perBurst);
        var context = new ErrorContext(ErrorSource.Request) { Route = "POST /search", RequestId = "0af7651916cd43dd8448eb211c80319c", User = "reader-17" };
        var (bytes, started) = (0L, Stopwatch.GetTimestamp());
        for (var burst = 1; burst <= bursts && !cancellationToken.IsCancellationRequested; burst++)
        {
            for (var i = 0; i < perBurst; i++)
            {
                var error = Thrown(burst * i);
                var (allocated, start) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
                tracker.Capture(error, context);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
            }

            var ahead = TimeSpan.FromSeconds((double)burst / BurstsPerSecond) - Stopwatch.GetElapsedTime(started);
            if (ahead > TimeSpan.Zero) Thread.Sleep(ahead);
        }

        return (times, bytes);
    }

    private static Exception Thrown(int number)
    {
        try
        {
            throw new VectorDatabaseException($"The vector database refused batch {number}.", "upsert", new IOException("Connection reset by peer."));
        }
        catch (VectorDatabaseException e)
        {
            return e;
        }
    }

    private static async Task<long> CountAsync(IHost host, CancellationToken cancellationToken)
    {
        // Errors are stored once a second.
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        var page = await host.Services.GetRequiredService<ErrorGroups>().ListAsync(new ErrorQuery(null, null, null, 10, null), cancellationToken);
        return page.Errors.Sum(group => group.Count);
    }
}
