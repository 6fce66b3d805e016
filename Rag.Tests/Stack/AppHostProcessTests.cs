using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Rag.Tests.Support;
using Xunit.Abstractions;

namespace Rag.Tests.Stack;

/// <summary>Start, stop, kill and start again, as a user does it from a shell.</summary>
[Collection(StackCollection.Name)]
public sealed class AppHostProcessTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rag-apphost-").FullName;
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(3));

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task A_signal_ends_everything(string signal)
    {
        await using var host = AppHostProcess.OnFreePorts(_data);
        await host.WaitUntilHealthyAsync(_timeout.Token);

        host.Signal(signal);

        var signalled = Stopwatch.GetTimestamp();
        Assert.Empty(await host.RemainingAfterAsync(TimeSpan.FromSeconds(15)));
        output.WriteLine($"SIG{signal}: nothing left after {Stopwatch.GetElapsedTime(signalled).TotalSeconds:0.0} s");
    }

    [Fact]
    public async Task Data_survives_a_kill_and_fresh_empties_it()
    {
        await using (var first = AppHostProcess.OnFreePorts(_data))
        {
            await first.WaitUntilHealthyAsync(_timeout.Token);
            await first.Api.IngestAsync("survivor", "Survivor", "The lighthouse keeper counts ninety-one steps.", _timeout.Token);
            first.Signal("KILL");
            Assert.Empty(await first.RemainingAfterAsync(TimeSpan.FromSeconds(15)));
        }

        await using (var second = AppHostProcess.OnFreePorts(_data))
        {
            await second.WaitUntilHealthyAsync(_timeout.Token);
            // A busy machine may miss the deadline of the first, cold searches: hybrid ones say so instead of failing.
            JsonNode found;
            do found = await second.Api.PostAsync("/search", new { query = "lighthouse steps" }, _timeout.Token);
            while ((bool)found["degraded"]!);
            Assert.Equal("survivor", (string?)found["results"]![0]!["document_id"]);
            await second.Api.PostAsync("/search", new { query = "lighthouse steps", type = "semantic" }, _timeout.Token);
        }

        await using var third = AppHostProcess.OnFreePorts(_data, "--fresh");
        await third.WaitUntilHealthyAsync(_timeout.Token);
        await third.Api.GetAsync("/documents/survivor", _timeout.Token, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Two_run_side_by_side_and_a_third_on_the_same_data_is_refused()
    {
        var other = Directory.CreateDirectory(Path.Combine(_data, "other")).FullName;
        var mine = Directory.CreateDirectory(Path.Combine(_data, "mine")).FullName;
        await using var one = AppHostProcess.OnFreePorts(mine);
        await using var two = AppHostProcess.OnFreePorts(other);
        await Task.WhenAll(one.WaitUntilHealthyAsync(_timeout.Token), two.WaitUntilHealthyAsync(_timeout.Token));

        await one.Api.IngestAsync("only-in-one", "One", "Only the first stack knows this.", _timeout.Token);
        await two.Api.GetAsync("/documents/only-in-one", _timeout.Token, HttpStatusCode.NotFound);

        await using var three = AppHostProcess.OnFreePorts(mine);
        Assert.NotEqual(0, await three.WaitForExitAsync(_timeout.Token));
        Assert.Contains(mine, three.Console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_workers_share_the_work()
    {
        await using var host = AppHostProcess.OnFreePorts(_data, "--workers", "2");
        await host.WaitUntilHealthyAsync(_timeout.Token);
        var ids = Enumerable.Range(1, 200).Select(n => $"shared-{n}").ToList();

        await host.Api.PostAsync("/admin/queue/pause", new { }, _timeout.Token);
        await host.Api.PostAsync(
            "/documents", new { documents = ids.Select(id => new { id, title = id, text = $"The lighthouse of {id} has a lamp." }) }, _timeout.Token, HttpStatusCode.Accepted);
        await host.Api.PostAsync("/admin/queue/resume", new { }, _timeout.Token);
        foreach (var id in ids) await host.Api.WaitUntilReadyAsync(id, _timeout.Token);

        var jobs = (await host.Api.GetAsync("/admin/jobs?state=done&limit=1000", _timeout.Token))["jobs"]!.AsArray();
        Assert.Equal(ids.Count, jobs.Count);
        Assert.All(jobs, job => Assert.Equal(1, (int)job!["attempt"]!));
        Assert.Equal(2, jobs.Select(job => (string)job!["worker"]!).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = ((IPEndPoint)listener.LocalEndpoint).Port;
        var free = FreePorts.Take(2);

        await using var host = new AppHostProcess(_data, taken, free[0], free[1]);

        Assert.NotEqual(0, await host.WaitForExitAsync(_timeout.Token));
        Assert.Contains($"{taken}", host.Console, StringComparison.Ordinal);
        Assert.Contains("rag-api", host.Console, StringComparison.Ordinal);
        Assert.Empty(await host.RemainingAfterAsync(TimeSpan.FromSeconds(15)));
    }

    [Fact]
    public async Task An_unknown_option_is_answered_with_the_usage()
    {
        await using var host = AppHostProcess.OnFreePorts(_data, "--frsh");

        Assert.Equal(2, await host.WaitForExitAsync(_timeout.Token));
        Assert.Contains("--fresh", host.Console, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _timeout.Dispose();
        Directory.Delete(_data, recursive: true);
    }
}
