using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Polly;
using Rag.Observability.Errors;
using Rag.Observability.Resilience;

namespace Rag.Observability.Spooling;

/// <summary>
/// The fallback for records that must not be lost: they go to their store, and to disk while the store is down, from where they are replayed in order
/// when it is back, with what other processes left there that ended. A store may get a record twice (after a crash between the two), so it keeps each by an id of its own.
/// </summary>
/// <typeparam name="T">The record.</typeparam>
public sealed partial class StoreAndForward<T> : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>How long the records of a process that ended wait at most for one that runs.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    private readonly string _name;
    private readonly Func<T, CancellationToken, Task> _store;
    private readonly JsonTypeInfo<T> _json;
    private readonly string _folder;
    private readonly SpoolOptions _options;
    private readonly Lock _opening = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Counter<long> _records;
    private readonly SemaphoreSlim _spooled = new(0, 1);
    private volatile DiskSpool? _spool;

    /// <param name="name">Folder below the spool's folder, and the metric's label.</param>
    /// <param name="store">Stores one record; throws when it cannot.</param>
    /// <param name="json">How a record is written to disk.</param>
    /// <param name="options">Where, and how much.</param>
    /// <param name="time">For the pauses between replays.</param>
    /// <param name="meters">For <c>rag.spool.records</c> and <c>rag.spool.size</c>.</param>
    /// <param name="logger">Hears of lost records, and of the beginning and end of an outage.</param>
    public StoreAndForward(
        string name, Func<T, CancellationToken, Task> store, JsonTypeInfo<T> json, SpoolOptions options, TimeProvider time, IMeterFactory meters, ILogger logger)
    {
        (_name, _store, _json, _time, _logger) = (name, store, json, time, logger);
        (_folder, _options) = (Path.Combine(SpoolFolder.Of(options), name), options);
        var meter = meters.Create(TelemetryNames.Source);
        _records = meter.CreateCounter<long>(TelemetryNames.Metrics.SpoolRecords, "{record}", "Records that went through the disk, and those that were lost.");
        meter.CreateObservableGauge(
            TelemetryNames.Metrics.SpoolSize, () => new Measurement<long>(_spool?.Bytes ?? 0, Tag()), "By", "Size of the records that wait on disk.");
    }

    /// <summary>Stores the record, or has it on disk, when it returns.</summary>
    /// <returns>True when the record is safe; false when neither the store nor the disk took it: it is lost, counted and logged.</returns>
    /// <exception cref="Exception">The store refuses this very record, now and always: see <see cref="TransientFailures"/>.</exception>
    public async Task<bool> SaveAsync(T record, CancellationToken cancellationToken = default)
    {
        // Behind what already waits, or the order would be lost.
        if (IsWaiting) return SaveToDisk(record);

        try
        {
            await _store(record, cancellationToken);
            return true;
        }
        catch (Exception exception) when (IsPassing(exception))
        {
            return SaveToDisk(record);
        }
    }

    /// <summary>Replays what is on disk, now and whenever the store comes back, until cancelled; also, once a minute, what other processes left behind that ended.</summary>
    public async Task ReplayAsync(CancellationToken cancellationToken)
    {
        await using var look = _time.CreateTimer(_ => Wake(), null, BetweenLooks, BetweenLooks);
        var pause = FirstPause;
        while (true)
        {
            var isDone = await ReplayOnceAsync(cancellationToken);
            if (isDone)
            {
                pause = FirstPause;
                await _spooled.WaitAsync(cancellationToken);
            }
            else
            {
                await Task.Delay(pause, _time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    /// <summary>For records that come when there is no time left for the store.</summary>
    /// <returns>False when the disk did not take it: it is lost, counted and logged.</returns>
    public bool SaveToDisk(T record)
    {
        try
        {
            if (Spool.TryAppend(JsonSerializer.SerializeToUtf8Bytes(record, _json)))
            {
                _records.Add(1, Tag(), new(TelemetryNames.Tags.Outcome, "spooled"));
                Wake();
                return true;
            }

            LogFull(_name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogDiskFailed(exception, _name);
        }

        _records.Add(1, Tag(), new(TelemetryNames.Tags.Outcome, "lost"));
        return false;
    }

    public void Dispose()
    {
        _spool?.Dispose();
        _spooled.Dispose();
    }

    /// <summary>Opened at the first use, and again at every use until that succeeds: a disk that fails now may work later.</summary>
    private DiskSpool Spool
    {
        get
        {
            if (_spool is { } open) return open;
            lock (_opening) return _spool ??= new DiskSpool(_folder, _options);
        }
    }

    /// <summary>Whether records wait on disk. A disk that cannot be read has none that could be replayed.</summary>
    private bool IsWaiting
    {
        get
        {
            try
            {
                return !Spool.IsEmpty;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <returns>True when nothing is left, false when the store is still down.</returns>
    private async Task<bool> ReplayOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var replayed = await ReplayOwnAsync(cancellationToken) + await ReplayAbandonedAsync(cancellationToken);
            if (replayed > 0) LogReplayed(_name, replayed);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The record stays where it is.
            LogStillDown(_name, exception.GetType().Name);
            return false;
        }
    }

    private async Task<int> ReplayOwnAsync(CancellationToken cancellationToken)
    {
        var replayed = 0;
        for (; IsWaiting && Spool.PeekFirst() is { } bytes; replayed++)
        {
            await ReplayAsync(bytes, cancellationToken);
            Spool.RemoveFirst();
        }

        return replayed;
    }

    private async Task<int> ReplayAbandonedAsync(CancellationToken cancellationToken)
    {
        var replayed = 0;
        foreach (var spool in DiskSpool.Abandoned(_folder, _options))
        {
            using var abandoned = spool;
            for (; PeekReadable(abandoned) is { } bytes; replayed++)
            {
                await ReplayAsync(bytes, cancellationToken);
                abandoned.RemoveFirst();

                // Own records do not wait for those of others: while they wait, all that come go to disk.
                replayed += await ReplayOwnAsync(cancellationToken);
            }
        }

        return replayed;
    }

    /// <summary>A spool that cannot be read holds up no other.</summary>
    private static byte[]? PeekReadable(DiskSpool spool)
    {
        try
        {
            return spool.PeekFirst();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task ReplayAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        var outcome = "replayed";
        try
        {
            if (JsonSerializer.Deserialize(bytes, _json) is { } record) await _store(record, cancellationToken);
        }
        catch (Exception exception) when (!IsPassing(exception))
        {
            // It would fail for ever and keep back all that wait behind it.
            outcome = "lost";
            LogRefused(exception, _name);
        }

        _records.Add(1, Tag(), new(TelemetryNames.Tags.Outcome, outcome));
    }

    /// <summary>Whether the same record may be stored later.</summary>
    private static bool IsPassing(Exception exception) =>
        TransientFailures.IsTransient(exception) || IsFull(exception) || exception is OperationCanceledException or ExecutionRejectedException;

    /// <summary>A second attempt does not help, but some day there is space again.</summary>
    private static bool IsFull(Exception exception) => exception is RagException { Descriptor.StatusCode: 507 };

    private void Wake()
    {
        try
        {
            _spooled.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody has woken the replay already, or it is over: this may run on a timer, where nobody would catch it.
        }
    }

    private KeyValuePair<string, object?> Tag() => new(TelemetryNames.Tags.Spool, _name);

    [LoggerMessage(1, LogLevel.Error, "The spool {Name} is full: a record is lost")]
    private partial void LogFull(string name);

    [LoggerMessage(2, LogLevel.Error, "The spool {Name} cannot be written: a record is lost")]
    private partial void LogDiskFailed(Exception exception, string name);

    [LoggerMessage(3, LogLevel.Error, "The store refuses a record of the spool {Name}: it is lost")]
    private partial void LogRefused(Exception exception, string name);

    [LoggerMessage(4, LogLevel.Information, "Replayed {Count} records of the spool {Name}")]
    private partial void LogReplayed(string name, int count);

    [LoggerMessage(5, LogLevel.Debug, "The store of the spool {Name} is still down: {Reason}")]
    private partial void LogStillDown(string name, string reason);
}
