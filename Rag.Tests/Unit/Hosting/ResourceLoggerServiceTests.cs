using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Rag.Tests.Unit.Hosting;

public sealed class ResourceLoggerServiceTests : IDisposable
{
    private readonly CancellationTokenSource _bound = new(TimeSpan.FromSeconds(30));
    private readonly ResourceLoggerService _service = new(TimeProvider.System);

    public void Dispose()
    {
        _service.Dispose();
        _bound.Dispose();
    }

    [Fact]
    public void Log_KeepsTheNewestLines_AndTheirNumbers()
    {
        var log = new ResourceLog(maxLines: 3);
        Enumerable.Range(1, 10).ToList().ForEach(i => log.Append($"line {i}", isErrorMessage: i % 2 == 0));

        var lines = log.Read(after: 0, limit: 100, out _);

        Assert.Equal([new(8, "line 8", true), new(9, "line 9", false), new(10, "line 10", true)], lines);
        Assert.Equal([new(10, "line 10", true)], log.Read(after: 9, limit: 100, out _));
        Assert.Equal([new(8, "line 8", true)], log.Read(after: 2, limit: 1, out _));
    }

    [Fact]
    public void Log_KeepsNoMoreCharactersThanAllowed()
    {
        var log = new ResourceLog(maxLines: 100, maxCharacters: 10);
        log.Append("12345", isErrorMessage: false);
        log.Append("67890", isErrorMessage: false);
        Assert.Equal(2, log.Read(0, 100, out _).Count);

        log.Append("x", isErrorMessage: false);
        Assert.Equal([new(2, "67890", false), new(3, "x", false)], log.Read(0, 100, out _));

        log.Append(new string('y', 1000), isErrorMessage: false);
        Assert.Equal([new(4, new string('y', 10), false)], log.Read(0, 100, out _));
    }

    [Fact]
    public async Task Watcher_GetsTheBacklog_ThenEveryLine()
    {
        _service.Append("rag-api", "one", isErrorMessage: false);
        await using var watch = _service.WatchAsync("rag-api").GetAsyncEnumerator(_bound.Token);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal([new(1, "one", false)], watch.Current);

        var next = watch.MoveNextAsync();
        Assert.False(next.IsCompleted);
        _service.Append("rag-api", "two", isErrorMessage: true);

        Assert.True(await next);
        Assert.Equal([new(2, "two", true)], watch.Current);
    }

    [Fact]
    public async Task ConcurrentWriters_LoseNothing()
    {
        const int Writers = 4, Lines = 2000;
        using var start = new Barrier(Writers);
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(_bound.Token);
                for (var i = 0; i < Lines; i++)
                {
                    _service.Append("rag-api", $"{w} {i}", isErrorMessage: false);
                }
            },
            _bound.Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        var seen = new List<LogLine>();
        await foreach (var batch in _service.WatchAsync("rag-api").WithCancellation(_bound.Token))
        {
            seen.AddRange(batch);
            if (seen.Count == Writers * Lines)
            {
                break;
            }
        }

        await writing;
        Assert.Equal(Enumerable.Range(1, Writers * Lines), seen.Select(l => l.LineNumber));
        Assert.All(Enumerable.Range(0, Writers), w =>
            Assert.Equal(Enumerable.Range(0, Lines).Select(i => $"{w} {i}"), seen.Select(l => l.Content).Where(c => c.StartsWith($"{w} ", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Logger_WritesToAllInstances_LineByLine_WithATimestampFirst()
    {
        var worker = new DashboardTestResource("worker", "worker-1", "worker-2");
        _service.GetLogger(worker).LogError(new InvalidOperationException("boom"), "It failed");

        foreach (var id in new[] { "worker-1", "worker-2" })
        {
            var lines = await _service.GetAllAsync(id).SelectManyAsync(_bound.Token);
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z It failed$", lines[0].Content);
            Assert.EndsWith("boom", lines[1].Content);
            Assert.All(lines, line => Assert.True(line.IsErrorMessage));
        }
    }

    [Fact]
    public async Task Dispose_EndsTheWatch()
    {
        var watch = _service.WatchAsync("rag-api").GetAsyncEnumerator(_bound.Token);
        var next = watch.MoveNextAsync();

        _service.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.False(_bound.IsCancellationRequested);
    }
}

file static class LineBatches
{
    public static async Task<List<LogLine>> SelectManyAsync(this IAsyncEnumerable<IReadOnlyList<LogLine>> batches, CancellationToken cancellationToken)
    {
        var lines = new List<LogLine>();
        await foreach (var batch in batches.WithCancellation(cancellationToken))
        {
            lines.AddRange(batch);
        }

        return lines;
    }
}
