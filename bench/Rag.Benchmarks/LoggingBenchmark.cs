using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rag.Observability.Logging;

namespace Rag.Benchmarks;

/// <summary>
/// <c>logging</c>: what one line costs its caller on the whole way (scopes, redactor, JSON, file queue, OTLP), and what a disabled line costs. Bursts of 200 lines with pauses,
/// as requests make them; p50 and p99 over all lines. The receiver takes OTLP in the same process, so that its work counts against these figures.
/// </summary>
internal static partial class LoggingBenchmark
{
    private const int Bursts = 200;
    private const int LinesPerBurst = 200;

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("rag-bench-logs-");
        await using var receiver = await DiscardingReceiver.StartAsync();
        var dropped = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (string.Equals(instrument.Name, "rag.log.dropped", StringComparison.Ordinal)) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref dropped, value));
        listener.Start();

        var report = new TargetReport();
        foreach (var (name, hasOtlp) in new[] { ("files", false), ("whole chain", true) })
        {
            using var host = Build(folder.FullName, hasOtlp ? receiver.Address : null);
            await host.StartAsync();
            var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Rag.Core.Search");
            using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
            using var request = logger.BeginScope(new LogContext { RequestId = "0af7651916cd43dd8448eb211c80319c", UserId = "reader-17", Operation = "POST /search" });
            using var job = logger.BeginScope(new Dictionary<string, object?>(StringComparer.Ordinal) { ["SearchType"] = "hybrid" });

            await MeasureAsync(logger, 50);
            var (p10, p50, p99, bytes) = await MeasureAsync(logger, Bursts);
            report.Note($"one line, {name}", $"p10 {p10,6:F0} ns   p50 {p50,6:F0} ns   p99 {p99,7:F0} ns   {bytes,5} B   dropped {Interlocked.Read(ref dropped)}");
            if (hasOtlp)
            {
                report.AtMost("one line, whole chain, p50", p50 / 1000, 3, "us");
                report.Note("a disabled line", $"{Disabled(logger):F1} ns");
            }

            await host.StopAsync();
        }

        var lines = Directory.EnumerateFiles(folder.FullName, "application-*.log", SearchOption.AllDirectories).Sum(file => File.ReadLines(file).LongCount());
        report.Note("lines in the files", $"{lines}");
        folder.Delete(recursive: true);
        return report.ExitCode;
    }

    private static IHost Build(string folder, string? receiver)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Logging:Files:Folder"] = folder,
            ["Logging:Output:Console"] = "false",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });
        builder.AddRagLogging();
        if (receiver is not null) builder.AddServiceDefaults();
        return builder.Build();
    }

    private static async Task<(double P10, double P50, double P99, long Bytes)> MeasureAsync(ILogger logger, int bursts)
    {
        var times = new List<double>(bursts * LinesPerBurst);
        var bytes = 0L;
        for (var burst = 0; burst < bursts; burst++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var line = 0; line < LinesPerBurst; line++)
            {
                var start = Stopwatch.GetTimestamp();
                LogSearched(logger, "hybrid", 10, 12.25, "7f3a9c", degraded: false);
                times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
            }

            bytes += GC.GetAllocatedBytesForCurrentThread() - before;
            await Task.Delay(20);
        }

        times.Sort();
        return (times[times.Count / 10], times[times.Count / 2], times[(int)(times.Count * 0.99)], bytes / times.Count);
    }

    private static double Disabled(ILogger logger)
    {
        var best = double.MaxValue;
        for (var round = 0; round < 50; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 10_000; i++) LogNothing(logger, i);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / 10_000);
        }

        return best;
    }

    [LoggerMessage(1, LogLevel.Information, "Search of type {SearchType} returned {Results} results in {DurationMs} ms (search {SearchId}, degraded: {Degraded})")]
    private static partial void LogSearched(ILogger logger, string searchType, int results, double durationMs, string searchId, bool degraded);

    [LoggerMessage(2, LogLevel.Trace, "Nothing {Number}")]
    private static partial void LogNothing(ILogger logger, int number);
}
