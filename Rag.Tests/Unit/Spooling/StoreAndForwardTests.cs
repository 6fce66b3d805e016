using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Polly.CircuitBreaker;
using Rag.Observability.Errors;
using Rag.Observability.Spooling;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Spooling;

/// <summary>The fallback that the documents promise and do not have.</summary>
[Trait("Seed", "R13")]
public sealed class StoreAndForwardTests : IAsyncDisposable
{
    private const int Poison = -1;
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogCollector _logs = new();
    private readonly ConcurrentQueue<int> _stored = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private volatile Exception? _failure;
    private Action<int>? _afterStoring;

    [Fact]
    public async Task While_the_store_is_up_nothing_touches_the_disk()
    {
        using var forward = Create();

        Assert.True(await forward.SaveAsync(1));

        Assert.Equal([1], _stored);
        Assert.Empty(Directory.EnumerateFiles(_folder, "*.spool", SearchOption.AllDirectories));
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task What_comes_while_it_is_down_is_replayed_in_order_when_it_is_back(Exception outage)
    {
        using var forward = Create();
        using var measured = new Measurements(_services.GetRequiredService<IMeterFactory>(), "rag.spool.records");
        using var stop = new CancellationTokenSource();
        var replay = forward.ReplayAsync(stop.Token);
        _failure = outage;
        for (var i = 1; i <= 20; i++) Assert.True(await forward.SaveAsync(i));
        Assert.Empty(_stored);

        _failure = null;
        await Eventually.IsTrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return _stored.Count == 20;
            },
            "The records were not replayed.");

        Assert.Equal(Enumerable.Range(1, 20), _stored);
        Assert.Equal(20, measured.Values("outcome").Count(o => Equals(o, "replayed")));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replay.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    public static TheoryData<Exception> Outages => new()
    {
        new NpgsqlException("refused"), new PostgresException("stop", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown),
        new DatabaseException("gone"), new BrokenCircuitException(), new TimeoutException(), new ResourceExhaustedException("full", isStorage: true),
    };

    [Fact]
    public async Task What_comes_while_others_wait_goes_behind_them()
    {
        using var forward = Create();
        _failure = new NpgsqlException("refused");
        await forward.SaveAsync(1);
        _failure = null;
        await forward.SaveAsync(2);
        Assert.Empty(_stored);

        await ReplayAllAsync(forward, 2);

        Assert.Equal([1, 2], _stored);
    }

    [Fact]
    public async Task Records_of_a_process_that_ended_are_replayed_by_the_next()
    {
        _failure = new NpgsqlException("refused");
        using (var earlier = Create())
        {
            await earlier.SaveAsync(1);
            await earlier.SaveAsync(2);
        }

        _failure = null;
        using var next = Create();
        await ReplayAllAsync(next, 2);

        Assert.Equal([1, 2], _stored);
    }

    [Fact]
    public async Task Records_of_processes_that_do_not_come_back_are_replayed_by_the_one_that_does()
    {
        _failure = new NpgsqlException("refused");
        using (var first = Create())
        using (var second = Create())
        using (var third = Create())
        {
            foreach (var (forward, i) in new[] { (first, 1), (second, 2), (third, 3), (first, 4), (second, 5), (third, 6) }) await forward.SaveAsync(i);
        }

        _failure = null;
        using var next = Create();
        await ReplayAllAsync(next, 6);

        Assert.Equal([1, 4, 2, 5, 3, 6], _stored);
        Assert.Empty(Directory.EnumerateFiles(_folder, "*.spool", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Records_of_a_process_are_taken_up_by_another_when_it_ended_and_not_before()
    {
        using var survivor = Create();
        using var stop = new CancellationTokenSource();
        Assert.True(await survivor.SaveAsync(0));
        using var other = Create();
        _failure = new NpgsqlException("refused");
        await other.SaveAsync(1);
        _failure = null;

        // Its first look is over when it returns.
        var replay = survivor.ReplayAsync(stop.Token);
        Assert.Equal([0], _stored);

        other.Dispose();
        _time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.IsTrueAsync(() => _stored.Count == 2, "The record was not taken up.");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replay.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Own_records_do_not_wait_for_those_of_others()
    {
        using var survivor = Create();
        Assert.True(await survivor.SaveAsync(0));
        using (var other = Create())
        {
            other.SaveToDisk(1);
            other.SaveToDisk(2);
        }

        _afterStoring = record =>
        {
            if (record == 1) survivor.SaveToDisk(10);
        };
        await ReplayAllAsync(survivor, 4);

        Assert.Equal([0, 1, 10, 2], _stored);
    }

    [Fact]
    public async Task An_outage_in_the_middle_of_the_records_of_others_loses_none_of_them()
    {
        using var survivor = Create();
        Assert.True(await survivor.SaveAsync(0));
        using (var other = Create())
        {
            for (var i = 1; i <= 3; i++) other.SaveToDisk(i);
        }

        using var stop = new CancellationTokenSource();
        _afterStoring = _ => _failure = new NpgsqlException("gone again");
        var replay = survivor.ReplayAsync(stop.Token);
        Assert.Equal([0, 1], _stored);

        (_afterStoring, _failure) = (null, null);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.IsTrueAsync(() => _stored.Contains(3), "The records were not taken up again.");

        // The file begins anew: a store gets a record twice rather than never.
        Assert.Equal([0, 1, 1, 2, 3], _stored);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replay.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_record_that_the_store_will_never_take_holds_up_no_other()
    {
        using var forward = Create();
        _failure = new NpgsqlException("refused");
        await forward.SaveAsync(Poison);
        await forward.SaveAsync(2);
        _failure = null;

        await ReplayAllAsync(forward, 1);

        Assert.Equal([2], _stored);
        Assert.Contains(_logs.Lines, l => l.Level == LogLevel.Error && l.Message.Contains("refuses", StringComparison.Ordinal));
        await Assert.ThrowsAsync<InvalidOperationException>(() => forward.SaveAsync(Poison));
    }

    [Fact]
    public async Task When_the_disk_fails_too_the_loss_is_told_and_counted_and_nothing_is_thrown()
    {
        File.WriteAllText(Path.Combine(_folder, "blocked"), "a file where a folder should be");
        using var forward = Create(Path.Combine(_folder, "blocked"));
        using var measured = new Measurements(_services.GetRequiredService<IMeterFactory>(), "rag.spool.records");
        _failure = new NpgsqlException("refused");

        Assert.False(await forward.SaveAsync(1));

        Assert.Equal(["lost"], measured.Values("outcome"));
        Assert.Contains(_logs.Lines, l => l.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_disk_that_works_again_is_used_again()
    {
        var blocked = Path.Combine(_folder, "blocked");
        File.WriteAllText(blocked, "a file where a folder should be");
        using var forward = Create(blocked);
        _failure = new NpgsqlException("refused");
        Assert.False(await forward.SaveAsync(1));

        File.Delete(blocked);

        Assert.True(await forward.SaveAsync(2));
        _failure = null;
        await ReplayAllAsync(forward, 1);
        Assert.Equal([2], _stored);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private StoreAndForward<int> Create(string? folder = null) => new(
        "numbers",
        (record, _) =>
        {
            if (_failure is { } failure) throw failure;
            if (record == Poison) throw new InvalidOperationException("never this one");
            _stored.Enqueue(record);
            _afterStoring?.Invoke(record);
            return Task.CompletedTask;
        },
        (JsonTypeInfo<int>)JsonSerializerOptions.Default.GetTypeInfo(typeof(int)),
        new SpoolOptions { Folder = folder ?? _folder },
        _time,
        _services.GetRequiredService<IMeterFactory>(),
        _logs.CreateLogger("spool"));

    private async Task ReplayAllAsync(StoreAndForward<int> forward, int count)
    {
        using var stop = new CancellationTokenSource();
        var replay = forward.ReplayAsync(stop.Token);
        await Eventually.IsTrueAsync(() => _stored.Count == count, "The records were not replayed.");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replay.WaitAsync(TimeSpan.FromSeconds(10)));
    }
}
