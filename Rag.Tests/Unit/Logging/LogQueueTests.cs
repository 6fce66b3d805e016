using Microsoft.Extensions.Logging;
using Rag.Observability.Logging.Lines;
using Rag.Observability.Logging.Sinks;

namespace Rag.Tests.Unit.Logging;

/// <summary>Callers never wait, what does not fit is counted, what was taken is written.</summary>
public sealed class LogQueueTests
{
    [Fact]
    [Trait("Seed", "L10")]
    public void A_sink_that_hangs_blocks_no_caller_and_the_rest_is_dropped_and_counted()
    {
        using var gate = new ManualResetEventSlim();
        using var pipe = new LogPipe(sink: new HangingSink(gate), capacity: 64);

        for (var i = 0; i < 1000; i++) pipe.Logger.LogInformation("line {Number}", i);

        Assert.InRange(pipe.Telemetry.DroppedLines, 1000 - 64 - 64, 1000 - 64);
        gate.Set();
        Assert.True(pipe.Flush());
    }

    [Fact]
    [Trait("Seed", "L10")]
    public void Disposing_writes_what_is_queued()
    {
        var sink = new CountingSink();
        using (var pipe = new LogPipe(sink: sink, capacity: 10_000))
        {
            for (var i = 0; i < 5000; i++) pipe.Logger.LogInformation("line {Number}", i);
        }

        Assert.Equal(5000, sink.Lines);
        Assert.True(sink.IsDisposed);
    }

    [Fact]
    public void A_sink_that_fails_costs_its_lines_and_nothing_else()
    {
        var sink = new CountingSink { Fails = true };
        using var pipe = new LogPipe(sink: sink);
        pipe.Logger.LogInformation("lost");
        Assert.True(pipe.Flush());
        sink.Fails = false;
        pipe.Logger.LogInformation("written");
        Assert.True(pipe.Flush());

        Assert.Equal((1, 1), (sink.Lines, pipe.Telemetry.DroppedLines));
    }

    [Fact]
    public async Task Lines_of_many_threads_all_arrive_whole()
    {
        using var pipe = new LogPipe(capacity: 100_000);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++) pipe.Logger.LogInformation("{Thread} {Number} {Text}", thread, i, new string((char)('a' + thread), 50 + i));
        })));

        var lines = pipe.Lines().ConvertAll(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("properties"));
        Assert.Equal(4000, lines.Count);
        Assert.All(lines, line => Assert.Equal(
            new string((char)('a' + line.GetProperty("thread").GetInt32()), 50 + line.GetProperty("number").GetInt32()), line.GetProperty("text").GetString()));
    }

    private sealed class HangingSink(ManualResetEventSlim gate) : ILogSink
    {
        public void Write(IReadOnlyList<LogLine> lines) => gate.Wait(TimeSpan.FromSeconds(20));

        public void Dispose()
        {
        }
    }

    private sealed class CountingSink : ILogSink
    {
        public volatile bool Fails;

        public int Lines { get; private set; }

        public bool IsDisposed { get; private set; }

        public void Write(IReadOnlyList<LogLine> lines)
        {
            if (Fails) throw new IOException("No space left on device");
            Lines += lines.Count;
        }

        public void Dispose() => IsDisposed = true;
    }
}
