using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Rag.Benchmarks.Vectors;

/// <summary>What concerns the server as a process: durable upserts, start-up, memory, and a query over HTTP.</summary>
internal static class ServerMeasurements
{
    private const int BatchSize = 256;
    private const int Senders = 4;

    public static async Task RunAsync(string folder, SampleVectors data, int points, TargetReport report, CancellationToken cancellationToken)
    {
        await using (var server = await ServerProcess.StartAsync(folder, cancellationToken))
        {
            using var created = await server.Http.PutAsJsonAsync(
                $"/collections/{VectorsBenchmark.Collection}", new { vectors = new { size = data.Size, distance = "Cosine" } }, cancellationToken);
            created.EnsureSuccessStatusCode();
            await UpsertAsync(server, data, points, report, cancellationToken);
            report.Note("  memory after them, before the pools shrink", FormattableString.Invariant($"{server.OwnBytes / ((double)points * data.Size * sizeof(float)),10:0.###} x"));
        }

        // The process was killed, not stopped: what starts now reads what was acknowledged, and nothing was tidied up for it.
        await using var again = await ServerProcess.StartAsync(folder, cancellationToken);
        report.AtMost("start-up after kill -9, all points served", again.Startup.TotalSeconds, 2, "s");
        await QueryAsync(again, data, points, report, cancellationToken);
        ReportMemory(again, data, points, report);
    }

    private static async Task UpsertAsync(ServerProcess server, SampleVectors data, int points, TargetReport report, CancellationToken cancellationToken)
    {
        // Bodies are made before the clock runs: the client's own work is not what is measured.
        var bodies = new List<byte[]>();
        for (var first = 0; first < points; first += BatchSize) bodies.Add(data.Body(first, Math.Min(BatchSize, points - first)));
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = Senders, CancellationToken = cancellationToken }, async (body, stop) =>
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await server.Http.PutAsync($"/collections/{VectorsBenchmark.Collection}/points?wait=true", content, stop);
            answer.EnsureSuccessStatusCode();
        });
        report.AtLeast($"durable upserts over HTTP, {BatchSize} a batch, {Senders} senders", points / watch.Elapsed.TotalSeconds, 20_000, "points/s");
    }

    private static void ReportMemory(ServerProcess server, SampleVectors data, int points, TargetReport report)
    {
        var vectors = (double)points * data.Size * sizeof(float);
        report.AtMost("the process's own memory / vectors", server.OwnBytes / vectors, 1.3, "x");
        report.Note("  resident, the shared runtime included", FormattableString.Invariant($"{server.ResidentBytes / vectors,10:0.###} x"));
    }

    private static async Task QueryAsync(ServerProcess server, SampleVectors data, int points, TargetReport report, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var i = 0; i < 60; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var answer = await server.Http.PostAsJsonAsync(
                $"/collections/{VectorsBenchmark.Collection}/points/query", new { query = data.Next(), limit = VectorsBenchmark.K }, cancellationToken);
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            if (i >= 20) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        using var counted = await server.Http.PostAsJsonAsync($"/collections/{VectorsBenchmark.Collection}/points/count", new { }, cancellationToken);
        var count = (await counted.Content.ReadFromJsonAsync<CountAnswer>(cancellationToken))!.Result.Count;
        if (count != points) throw new InvalidOperationException($"{count} points came back of {points} acknowledged.");
        report.Note("query over HTTP, p50", FormattableString.Invariant($"{Median(times),10:0.###} ms"));
    }

    public static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private sealed record CountAnswer(CountResult Result);

    private sealed record CountResult(int Count);
}
