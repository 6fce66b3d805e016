using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rag.Observability.Audit;

/// <summary>
/// Takes events from the trail to the journal's disk, and from there to the database, in order, also after an outage or a restart. Where the disk fails, events go to the
/// database directly; where both fail, they wait in memory, and the oldest are lost, counted and reported when there are too many.
/// </summary>
internal sealed partial class AuditWriter(AuditTrail trail, AuditJournal? journal, AuditStore? store, AuditOptions options, AuditTelemetry telemetry, TimeProvider time, ILogger<AuditWriter> logger)
    : BackgroundService
{
    private const int LargestBatch = 256;
    private const int MostWaiting = 10_000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastTry = TimeSpan.FromSeconds(1);

    private readonly List<AuditContent> _waiting = [];
    private volatile bool _isBehind = true;
    private bool _hasFailed;
    private DateOnly _prunedOn;
    private Task _pruning = Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        trail.Overflow = Overflow;
        // What an earlier process left in the journal comes first.
        await Task.Yield();
        var pause = FirstPause;
        try
        {
            while (true)
            {
                if (await WriteAsync(stoppingToken))
                {
                    pause = FirstPause;
                    PruneOnceADay(stoppingToken);
                    await trail.Events.WaitToReadAsync(stoppingToken);
                }
                else
                {
                    await WaitAsync(pause, stoppingToken);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What it removed is an event too.
            await Task.WhenAny(_pruning, Task.Delay(LastTry, time, CancellationToken.None));
            await WriteLastAsync();
        }
    }

    /// <summary>Moves everything that is there one step further.</summary>
    /// <returns>False when something has to wait.</returns>
    internal async Task<bool> WriteAsync(CancellationToken cancellationToken)
    {
        do
        {
            TakeEvents();
            ToJournal();
        }
        while (trail.Events.TryPeek(out _) && _waiting.Count < MostWaiting);

        if (store is null) return _waiting.Count == 0;
        try
        {
            await ShipAsync(store, cancellationToken);
            if (_hasFailed) LogBack();
            _hasFailed = false;
            return true;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_hasFailed) LogStoreFailed(failure.GetType().Name, failure.Message);
            _hasFailed = true;
            return false;
        }
    }

    /// <summary>Beside the writer: however long it takes, events go to the journal.</summary>
    private void PruneOnceADay(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (today == _prunedOn || !_pruning.IsCompleted) return;
        _prunedOn = today;
        _pruning = Task.Run(() => PruneAsync(now, cancellationToken), cancellationToken);
    }

    private async Task PruneAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            journal?.Prune(options.DaysKept);
            if (store is null) return;
            var (before, after) = await store.RemoveOlderThanAsync(now.AddDays(-options.DaysKept), cancellationToken);
            if (after.Sequence > before.Sequence) trail.SystemChange("retention", "audit_events_removed", before.Sequence, after.Sequence, "audit");
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotPruned(failure.Message);
        }
    }

    private void TakeEvents()
    {
        while (_waiting.Count < MostWaiting && trail.Events.TryRead(out var e))
        {
            _waiting.Add(e);
            if (_waiting.Count >= LargestBatch && journal is not null) return;
        }

        if (_waiting.Count < MostWaiting) return;
        // Neither the disk nor the database has taken anything for a long time.
        telemetry.Lost(LargestBatch);
        LogLost(LargestBatch);
        _waiting.RemoveRange(0, LargestBatch);
    }

    private void ToJournal()
    {
        if (_waiting.Count == 0 || journal is null) return;
        try
        {
            journal.Append(_waiting);
            _waiting.Clear();
            _isBehind = true;
        }
        catch (Exception)
        {
            // Whatever the disk's reason: the events stay in memory, and this writer alive.
            telemetry.JournalFailed();
        }
    }

    private async Task ShipAsync(AuditStore target, CancellationToken cancellationToken)
    {
        while (_isBehind && journal is not null)
        {
            // Set first: what is appended from here on is noticed.
            _isBehind = false;
            try
            {
                var (events, end) = journal.Pending(LargestBatch);
                if (events.Count > 0) journal.Advance(end, await target.AppendAsync(events, cancellationToken));
                if (events.Count == LargestBatch) _isBehind = true;
            }
            catch
            {
                _isBehind = true;
                throw;
            }
        }

        while (_waiting.Count > 0)
        {
            var batch = _waiting.Take(LargestBatch).ToList();
            await target.AppendAsync(batch, cancellationToken);
            _waiting.RemoveRange(0, batch.Count);
        }
    }

    /// <summary>Events that come while the database is down go to the journal at once, not when it is back.</summary>
    private async Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        var end = Task.Delay(pause, time, cancellationToken);
        while (!end.IsCompleted)
        {
            await Task.WhenAny(end, trail.Events.WaitToReadAsync(cancellationToken).AsTask());
            cancellationToken.ThrowIfCancellationRequested();
            if (end.IsCompleted) break;
            TakeEvents();
            ToJournal();
            if (_waiting.Count > 0) break;
        }

        await end;
    }

    private async Task WriteLastAsync()
    {
        using var limit = new CancellationTokenSource(LastTry, time);
        try
        {
            await WriteAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // They are in the journal, and the next process finds them there.
        }

        if (_waiting.Count > 0) LogLost(_waiting.Count);
    }

    private void Overflow(AuditContent e)
    {
        try
        {
            if (journal is null) throw new IOException("There is no journal.");
            journal.Append([e]);
            _isBehind = true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            telemetry.Lost(1);
            LogLost(1);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Audit events wait in the journal, because the database does not take them: {Type} {Reason}")]
    private partial void LogStoreFailed(string type, string reason);

    [LoggerMessage(2, LogLevel.Information, "The database takes audit events again, and has those that waited")]
    private partial void LogBack();

    [LoggerMessage(3, LogLevel.Critical, "{Count} audit events are lost: neither the journal nor the database took them")]
    private partial void LogLost(int count);

    [LoggerMessage(4, LogLevel.Warning, "Old audit events could not be removed: {Reason}")]
    private partial void LogNotPruned(string reason);
}
