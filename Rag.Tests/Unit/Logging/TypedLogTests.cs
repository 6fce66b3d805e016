using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Observability.Logging;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Logging;

/// <summary>The typed entry points.</summary>
public sealed class TypedLogTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [Trait("Seed", "L27")]
    [InlineData(0.5, "DEBUG", false)]
    [InlineData(1.5, "WARNING", true)]
    public void Slow_operations_are_warnings_and_the_clock_of_the_day_does_not_count(double seconds, string level, bool isSlow)
    {
        using var pipe = new LogPipe(_time);
        var log = new PerformanceLog(pipe.Factory, _time, Options.Create(new LogOutputOptions()));
        using (log.Measure("embed"))
        {
            _time.SetClock(_time.GetUtcNow().AddHours(-1));
            _time.Advance(TimeSpan.FromSeconds(seconds));
        }

        var line = pipe.Line();
        Assert.Equal((level, "performance", "embed"), (line.GetProperty("level").GetString(), line.GetProperty("category").GetString(), line.GetProperty("operation").GetString()));
        Assert.Equal(seconds, line.GetProperty("properties").GetProperty("duration_seconds").GetDouble());
        Assert.Equal(isSlow, line.GetProperty("properties").GetProperty("slow_operation").GetBoolean());
    }

    [Fact]
    [Trait("Seed", "L12")]
    [Trait("Seed", "L17")]
    public void A_business_event_keeps_its_message_and_its_name()
    {
        using var pipe = new LogPipe();
        new BusinessLog(pipe.Factory).Happened("document_ingested", 3, "doc-1");

        var line = pipe.Line();
        Assert.Equal(("business", "document_ingested doc-1 3"), (line.GetProperty("category").GetString(), line.GetProperty("message").GetString()));
        Assert.Equal("document_ingested", line.GetProperty("properties").GetProperty("occurrence").GetString());
    }

    [Fact]
    [Trait("Seed", "L20")]
    [Trait("Seed", "L25")]
    public async Task A_database_operation_is_reported_when_it_has_ended()
    {
        using var pipe = new LogPipe(_time);
        var log = new DatabaseLog(pipe.Factory, _time, Options.Create(new LogOutputOptions { SlowDatabaseCall = TimeSpan.FromSeconds(5) }));
        var running = new TaskCompletionSource<int>();
        var operation = log.RunAsync("read", _ => running.Task, CancellationToken.None);
        Assert.Empty(pipe.Lines());
        _time.Advance(TimeSpan.FromSeconds(2));
        running.SetResult(7);

        Assert.Equal(7, await operation);
        await Assert.ThrowsAsync<InvalidOperationException>(() => log.RunAsync<int>("write", _ => throw new InvalidOperationException(), CancellationToken.None));

        var lines = pipe.Lines();
        Assert.Contains("\"outcome\":\"completed\",\"duration_seconds\":2", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"outcome\":\"failed\"", lines[1], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.Contains("\"level\":\"DEBUG\"", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_slow_database_operation_is_a_warning_also_when_it_fails()
    {
        using var pipe = new LogPipe(_time);
        var log = new DatabaseLog(pipe.Factory, _time, Options.Create(new LogOutputOptions()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => log.RunAsync<int>("read", _ =>
        {
            _time.Advance(TimeSpan.FromSeconds(0.6));
            throw new InvalidOperationException();
        }, CancellationToken.None));

        var line = pipe.Line();
        Assert.Equal(("WARNING", "database", "database_operation_slow"), (line.GetProperty("level").GetString(), line.GetProperty("category").GetString(), line.GetProperty("event_name").GetString()));
        Assert.Equal("failed", line.GetProperty("properties").GetProperty("outcome").GetString());
    }

    [Theory]
    [Trait("Seed", "L14")]
    [InlineData(LogLevel.Trace, 2)]
    [InlineData(LogLevel.Debug, 1)]
    [InlineData(LogLevel.Information, 0)]
    public void Trace_and_debug_are_levels_of_their_own_and_can_be_switched_on(LogLevel minimum, int lines)
    {
        using var pipe = new LogPipe(minimum: minimum);
        pipe.Logger.LogTrace("t");
        pipe.Logger.LogDebug("d");

        Assert.Equal(lines, pipe.Lines().Count);
    }

    [Fact]
    public void The_readable_form_is_one_line_and_gives_no_commands_to_the_terminal()
    {
        using var pipe = new LogPipe(isReadable: true);
        using (pipe.Logger.BeginScope(new LogContext { RequestId = "r-1" }))
            pipe.Logger.LogInformation("{Text}", "a\nINFO forged \u001b[31mred password=zq");

        var text = pipe.Text();
        Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain("zq", text, StringComparison.Ordinal);
        Assert.Contains("[r-1]", text, StringComparison.Ordinal);
    }
}
