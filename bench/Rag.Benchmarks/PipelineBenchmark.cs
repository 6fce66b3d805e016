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
/// OTLP, keys, rate limit, access table, audit trail. Over loopback, by a client of its own in the same process, whose work counts on both sides; rounds alternate, and the medians count.
/// </summary>
internal static class PipelineBenchmark
{
    private const int Rounds = 15;
    private const int Connections = 8;
    private const string Key = "benchmark-admin-key-0123456789";
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("rag-bench-pipeline-");
        await using var receiver = await DiscardingReceiver.StartAsync();
        await using var off = await StartAsync(Bare());
        await using var on = await StartAsync(Full(folder.FullName, receiver.Address));
        // Until the compiler has done with both.
        await LoadAsync(on, RoundTime * 8);
        await LoadAsync(off, RoundTime * 4);

        var (ratios, work) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var (without, with) = (await LoadAsync(off, RoundTime), await LoadAsync(on, RoundTime));
            ratios.Add(with.PerSecond / without.PerSecond);
            work.Add(without.Microseconds / with.Microseconds);
            Console.WriteLine(
                $"round {round + 1,2}: off {without.PerSecond,7:F0}/s {without.Microseconds,6:F1} us   on {with.PerSecond,7:F0}/s {with.Microseconds,6:F1} us   {ratios[^1],5:P0} of the requests");
        }

        Console.WriteLine($"requests per second, on / off: {Median(ratios):P0} (median of {Rounds} rounds)");
        Console.WriteLine($"requests per CPU second, on / off: {Median(work):P0} (the same where the processor is the limit, and less disturbed by other work on the machine)");
        await on.StopAsync();
        await on.DisposeAsync();
        folder.Delete(recursive: true);
        return 0;
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

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task<(double PerSecond, double Microseconds)> LoadAsync(WebApplication app, TimeSpan time)
    {
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var (started, busy) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => CallAsync(address, end))));
        var requests = counts.Sum();
        return (requests / Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - busy).TotalMicroseconds / requests);
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

    internal sealed record Query(string Text, int TopK);

    internal sealed record Answer(string Text, IReadOnlyList<Hit> Results);

    internal sealed record Hit(int Rank, string Id, double Score);
}
