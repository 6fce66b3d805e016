using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using Rag.Observability.ErrorTracking.Forwarding;
using Rag.Observability.Spooling;

namespace Rag.Observability.ErrorTracking;

/// <summary>The background thread of error tracking: collects what was captured, and stores it once a second, on disk while the database is down.</summary>
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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();

        // What storing errors asks of the database belongs to no request and would fill the traces.
        using var untraced = SuppressInstrumentationScope.Begin();
        try
        {
            await Task.WhenAll(CollectAsync(stoppingToken), store.ReplayAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await SayFarewellAsync();
        }
    }

    private async Task CollectAsync(CancellationToken cancellationToken)
    {
        while (await tracker.Captured.WaitToReadAsync(cancellationToken))
        {
            using var interval = new CancellationTokenSource(options.Value.FlushInterval, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(interval.Token, cancellationToken);
            try
            {
                while (await tracker.Captured.WaitToReadAsync(end.Token)) TakeCaptured();
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                await FlushAsync(cancellationToken);
            }
        }
    }

    private void TakeCaptured()
    {
        // Not more than fit the channel, so that a storm cannot keep the interval from ending.
        for (var i = 0; i < options.Value.Capacity && tracker.Captured.TryRead(out var error); i++)
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
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (aggregator.Take() is not { } batch) return;
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
