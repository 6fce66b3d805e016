using System.Diagnostics;
using System.Globalization;
using System.Net;
using Rag.Tests.Support;

namespace Rag.Tests.Stack;

/// <summary>
/// A disk that takes no more, played by the kernel's limit on file sizes: writes are refused with 507 and leave nothing behind, reads
/// go on, and writes go on when there is room again.
/// </summary>
public sealed class QdrantDiskFullTests
{
    private const string Points = "/collections/full/points";
    private const int LimitBlocks = 400;

    [Fact]
    public async Task A_full_disk_refuses_writes_and_recovers()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var folder = new TemporaryFolder();
        await using (var server = QdrantServerProcess.Launch(Limited(folder.Path)))
        {
            await server.ListenAsync();
            await server.OkAsync(HttpMethod.Put, "/collections/full", new { vectors = new { size = 256, distance = "Dot" } });
            var written = await FillAsync(server);
            Assert.InRange(written, 2, 10_000);

            for (var attempt = 0; attempt < 3; attempt++) await AssertRefusedAsync(server, written);
            await AssertCountAsync(server, written);
            await LiftAsync(server.Id);
            await PutAsync(server, written);
            await AssertCountAsync(server, written + 1);
        }

        await using var again = QdrantServerProcess.Launch(folder.Path);
        await again.ListenAsync();
        var found = await again.OkAsync(HttpMethod.Post, Points + "/count", new { });
        Assert.DoesNotContain("damaged", again.Output, StringComparison.Ordinal);
        Assert.True((int)found["count"]! > 2);
    }

    // A write beyond the limit is an error instead of a signal once SIGXFSZ is ignored; the runtime's own large mapping is switched off.
    private static ProcessStartInfo Limited(string folder)
    {
        var command = $"trap '' XFSZ; ulimit -S -f {LimitBlocks.ToString(CultureInfo.InvariantCulture)}; exec dotnet \"$@\"";
        return new ProcessStartInfo("/bin/sh", ["-c", command, "sh", .. QdrantServerProcess.Arguments(folder).Take(5)])
        {
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_EnableDiagnostics"] = "0" },
        };
    }

    private static async Task LiftAsync(int process)
    {
        using var prlimit = Process.Start("prlimit", ["--pid", process.ToString(CultureInfo.InvariantCulture), "--fsize=unlimited"]);
        await prlimit.WaitForExitAsync();
        Assert.Equal(0, prlimit.ExitCode);
    }

    private static async Task<int> FillAsync(QdrantServerProcess server)
    {
        for (var id = 0; ; id++)
        {
            try
            {
                await PutAsync(server, id);
            }
            catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.InsufficientStorage)
            {
                return id;
            }
        }
    }

    private static async Task AssertRefusedAsync(QdrantServerProcess server, int id)
    {
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => PutAsync(server, id));
        Assert.Equal(HttpStatusCode.InsufficientStorage, refusal.StatusCode);
        Assert.Contains("free space", refusal.Message, StringComparison.Ordinal);
    }

    private static Task PutAsync(QdrantServerProcess server, int id) =>
        server.OkAsync(HttpMethod.Put, Points + "?wait=true", new { points = new[] { new { id, vector = new float[256] } } });

    private static async Task AssertCountAsync(QdrantServerProcess server, int expected) =>
        Assert.Equal(expected, (int)(await server.OkAsync(HttpMethod.Post, Points + "/count", new { }))["count"]!);
}
