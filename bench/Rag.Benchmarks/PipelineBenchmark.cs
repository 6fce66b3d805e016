using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rag.Observability.Access;
using Rag.Observability.Audit;
using Rag.Observability.Errors.Http;
using Rag.Observability.Logging;

namespace Rag.Benchmarks;

/// <summary>
/// <c>pipeline</c>: requests per second of one endpoint with everything off and with everything on: request ids, problem bodies, request lines to files, traces, metrics and logs over
/// OTLP, keys, rate limit, access table, audit trail. Over loopback, by a client of its own in the same process, whose work counts on both sides; short rounds alternate.
/// </summary>
internal static class PipelineBenchmark
{
    private const int Rounds = 40;
    private const int Connections = 8;
    private const double Target = 60;
    private const string Key = "benchmark-admin-key-0123456789";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    /// <summary>Short, so that both sides of a pair meet the same disturbances.</summary>
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(400);

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("rag-bench-pipeline-");
        await using var receiver = await DiscardingReceiver.StartAsync();
        await using var off = await StartAsync(Bare());
        await using var on = await StartAsync(Full(folder.FullName, receiver.Address));
        // Until the compiler has done with both.
        await LoadAsync(on, WarmUp);
        await LoadAsync(off, WarmUp / 2);

        var (without, with) = (new List<Load>(), new List<Load>());
        for (var round = 0; round < Rounds; round++)
        {
            // Each goes first as often as the other: what a round leaves behind, a full queue or garbage, meets both.
            var (first, second) = round % 2 == 0 ? (off, on) : (on, off);
            var (a, b) = (await LoadAsync(first, RoundTime), await LoadAsync(second, RoundTime));
            without.Add(first == off ? a : b);
            with.Add(first == off ? b : a);
        }

        await on.StopAsync();
        await on.DisposeAsync();
        folder.Delete(recursive: true);
        return Report(without, with);
    }

    private static int Report(List<Load> without, List<Load> with)
    {
        var report = new TargetReport();
        Console.WriteLine($"pipeline: {Rounds} pairs of {RoundTime.TotalMilliseconds:F0} ms, {Connections} connections");
        report.Note("everything off, median", $"{Median(without, load => load.PerSecond),8:F0} requests/s {Median(without, load => load.Microseconds),7:F1} us of processor time each");
        report.Note("everything on, median", $"{Median(with, load => load.PerSecond),8:F0} requests/s {Median(with, load => load.Microseconds),7:F1} us of processor time each");
        report.Note("requests, on / off, median of the pairs", $"{Median([.. without.Zip(with)], pair => pair.Second.PerSecond / pair.First.PerSecond):P0}");
        // Other work on the machine only ever takes throughput away, and rarely from all rounds of one side: the best ones tell what the service can do.
        report.AtLeast("requests, on / off, best quarter of the rounds", 100 * Best(with) / Best(without), Target, "%");
        report.Note("requests per processor second, on / off", $"{Median(without, load => load.Microseconds) / Median(with, load => load.Microseconds):P0}");
        return report.ExitCode;
    }

    private static WebApplication Bare()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }

    private static WebApplication Full(string folder, string receiver)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Auth:AdminKey"] = Key,
            ["Auth:RequestsPerMinute"] = "10000000",
            ["Audit:Folder"] = Path.Combine(folder, "audit"),
            ["Logging:Files:Folder"] = folder,
            ["Logging:Output:Console"] = "false",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddRagLogging();
        builder.AddServiceDefaults();
        builder.AddAudit();
        builder.AddAccess([new AccessRule("POST", "/search", AccessRole.Reader)]);
        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseRagErrors();
        app.UseRequestLogging();
        app.UseAccess();
        return app;
    }

    private static async Task<WebApplication> StartAsync(WebApplication app)
    {
        app.MapPost("/search", (Query query) => new Answer(query.Text, Enumerable.Range(1, query.TopK).Select(rank => new Hit(rank, $"document-{rank}", 1.0 / rank)).ToList()));
        await app.StartAsync();
        return app;
    }

    private static double Median<T>(IReadOnlyList<T> loads, Func<T, double> figure) => loads.Select(figure).Order().ElementAt(loads.Count / 2);

    private static double Best(List<Load> loads) => loads.Select(load => load.PerSecond).OrderDescending().Take(loads.Count / 4).Average();

    private static async Task<Load> LoadAsync(WebApplication app, TimeSpan time)
    {
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var (started, busy) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => CallAsync(address, end))));
        var requests = counts.Sum();
        return new Load(requests / Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - busy).TotalMicroseconds / requests);
    }

    private static async Task<long> CallAsync(Uri address, long end)
    {
        const string body = """{"text":"how do I reset the pressure valve of model seven?","topK":10}""";
        var request = Encoding.ASCII.GetBytes(
            $"POST /search HTTP/1.1\r\nHost: {address.Authority}\r\nX-Api-Key: {Key}\r\nUser-Agent: benchmark\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port);
        var buffer = new byte[16 * 1024];
        for (var count = 0L; ; count++)
        {
            if (Stopwatch.GetTimestamp() > end) return count;
            await socket.SendAsync(request);
            var (length, expected) = (0, int.MaxValue);
            while (length < expected)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length));
                if (read == 0) throw new InvalidOperationException("The service closed the connection.");
                length += read;
                if (expected == int.MaxValue) expected = Expected(buffer.AsSpan(0, length));
            }
        }
    }

    /// <summary>Length of the whole answer as its head says, or as much as there can be while the head is not complete. Chunked answers end with an empty chunk.</summary>
    private static int Expected(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return int.MaxValue;
        if (!answer.StartsWith("HTTP/1.1 200"u8)) throw new InvalidOperationException(Encoding.ASCII.GetString(answer));
        var field = answer[..head].IndexOf("Content-Length: "u8);
        if (field < 0) return answer.EndsWith("0\r\n\r\n"u8) ? answer.Length : int.MaxValue;
        return Utf8Parser.TryParse(answer[(field + 16)..], out int length, out _) ? head + 4 + length : throw new InvalidOperationException("The answer has no length.");
    }

    /// <summary>Requests per second, and processor time of this process for each, client and server together.</summary>
    private readonly record struct Load(double PerSecond, double Microseconds);

    internal sealed record Query(string Text, int TopK);

    internal sealed record Answer(string Text, IReadOnlyList<Hit> Results);

    internal sealed record Hit(int Rank, string Id, double Score);
}
