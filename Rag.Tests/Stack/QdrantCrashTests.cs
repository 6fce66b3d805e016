using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Rag.Tests.Support;
using Xunit.Abstractions;

namespace Rag.Tests.Stack;

/// <summary>
/// Kills the real server at random moments under load, over and over on the same data, and looks after every start whether what it
/// acknowledged is there, whole, and nothing else half.
/// </summary>
public sealed class QdrantCrashTests(ITestOutputHelper output)
{
    private const int Kills = 200;
    private const int Lanes = 4;
    private const int Seed = 20_26;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_is_half_there_after_200_kills()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => RunLaneAsync(new Random(Seed + lane), Kills / Lanes)));

        output.WriteLine($"{Kills} kills, {results.Sum(r => r.Acknowledged)} acknowledged writes, {results.Sum(r => r.Kept)} unacknowledged ones kept whole, {results.Sum(r => r.TornTails)} torn tails");
        Assert.All(results, r => Assert.True(r.Acknowledged > Kills / Lanes, "The load was too light to prove anything."));
    }

    private static async Task<LaneResult> RunLaneAsync(Random random, int kills)
    {
        using var folder = new TemporaryFolder();
        var load = new CrashLoad(random.Next());
        var tornTails = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            // One kill in eight hits the start itself: reading the log, cutting its tail.
            if (kill % 8 == 7)
            {
                await using var starting = QdrantServerProcess.Launch(folder.Path);
                await Task.Delay(random.Next(500));
                continue;
            }

            await using var server = QdrantServerProcess.Launch(folder.Path);
            await server.ListenAsync();
            if (kill == 0) await CrashLoad.CreateAsync(server);
            await load.VerifyAsync(server);
            tornTails += server.Output.Contains("unfinished write", StringComparison.Ordinal) ? 1 : 0;
            using var stop = new CancellationTokenSource();
            var writers = load.WriteAsync(server, stop.Token);
            await Task.WhenAny(load.FirstAcknowledged, writers);
            await Task.Delay(random.Next(120));
            await server.KillAsync();
            await stop.CancelAsync();
            await writers;
        }

        await using var last = QdrantServerProcess.Launch(folder.Path);
        await last.ListenAsync();
        await load.VerifyAsync(last);
        return new LaneResult(load.Acknowledged, load.Kept, tornTails);
    }

    private sealed record LaneResult(int Acknowledged, int Kept, int TornTails);
}
