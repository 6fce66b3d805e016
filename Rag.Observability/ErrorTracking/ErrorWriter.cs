using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using Rag.Observability.ErrorTracking.Forwarding;
using Rag.Observability.Spooling;

namespace Rag.Observability.ErrorTracking;

/// <summary>
/// The background of error tracking: collects what was captured, and stores it once a second, on disk while the database is down. Storing holds up no collecting:
/// while the database is slow the next batch grows, and its size is bounded.
/// </summary>
internal sealed partial class ErrorWriter(
    ErrorTracker tracker,
    ErrorAggregator aggregator,
    StoreAndForward<ErrorBatch> store,
    IOptions<ErrorTrackingOptions> options,
    TimeProvider time,
    ILogger<ErrorWriter> logger,
    SentryForwarder? sentry = null) : BackgroundService
{
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromMilliseconds(500);

    private readonly Lock _aggregating = new();
    private ErrorBatch? _underway;

    /// <summary>For the end of the process: what was captured and not stored goes to disk, with the exception that ends it.</summary>
    public void SaveLastWords(CapturedError last)
    {
        ErrorBatch? batch, underway;
        lock (_aggregating)
        {
            while (tracker.Captured.TryRead(out var waiting)) Take(waiting);
            Take(last);
            batch = aggregator.Take();
            underway = _underway;
        }

        // What was just being stored may arrive twice: a batch is stored once.
        if (underway is not null) store.SaveToDisk(underway);
        if (batch is not null) store.SaveToDisk(batch);
    }

    /// <summary>Takes what was collected, to be stored. From here until it is, it is <see cref="SaveLastWords"/>' to save: there is no moment between the two.</summary>
    internal ErrorBatch? TakeBatch()
    {
        lock (_aggregating) return _underway = aggregator.Take();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();

        // What storing errors asks of the database belongs to no request and would fill the traces.
        using var untraced = SuppressInstrumentationScope.Begin();
        try
        {
            await Task.WhenAll(CollectAsync(stoppingToken), StoreAsync(stoppingToken), store.ReplayAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await SayFarewellAsync();
        }
    }

    private async Task CollectAsync(CancellationToken cancellationToken)
    {
        while (await tracker.Captured.WaitToReadAsync(cancellationToken)) TakeCaptured();
    }

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Value.FlushInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken)) await FlushAsync(cancellationToken);
    }

    private void TakeCaptured()
    {
        while (tracker.Captured.TryRead(out var error))
        {
            lock (_aggregating) Take(error);
        }
    }

    private void Take(CapturedError error)
    {
        try
        {
            if (!aggregator.TryAdd(error)) tracker.Drop(1);
        }
        catch (Exception exception)
        {
            // An exception whose own members throw: it was logged at the boundary, and the others go on.
            tracker.Drop(1);
            LogUnusable(exception);
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (TakeBatch() is not { } batch) return;

        sentry?.Forward(batch);
        try
        {
            if (!await store.SaveAsync(batch, cancellationToken)) tracker.Drop(batch.Groups.Sum(group => group.Count));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            tracker.Drop(batch.Groups.Sum(group => group.Count));
            LogRefused(exception);
        }

        lock (_aggregating) _underway = null;
    }

    /// <summary>What came last is worth a short attempt; after that it is on disk.</summary>
    private async Task SayFarewellAsync()
    {
        using var limit = new CancellationTokenSource(FarewellLimit, time);
        TakeCaptured();
        await FlushAsync(limit.Token);
    }

    [LoggerMessage(1, LogLevel.Warning, "An error could not be examined and is not stored")]
    private partial void LogUnusable(Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "The error store refuses a batch: its errors are not stored")]
    private partial void LogRefused(Exception exception);
}
