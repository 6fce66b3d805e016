using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Core.Storage;

namespace Rag.Core.Jobs;

/// <summary>The chores of the queue, done by every worker: rescue jobs of the dead, prune the finished, measure the rest.</summary>
internal sealed partial class QueueMaintenance(
    LeaseStore store,
    QueueCare care,
    IEnumerable<IJobHandler> handlers,
    JobTelemetry telemetry,
    SchemaReadiness readiness,
    IOptions<JobWorkerOptions> options,
    TimeProvider time,
    ILogger<QueueMaintenance> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        await Task.WhenAll(
            RepeatAsync(options.Value.RescueInterval, RescueAsync, stoppingToken),
            RepeatAsync(options.Value.PruneInterval, PruneAsync, stoppingToken),
            RepeatAsync(options.Value.MeasureInterval, MeasureAsync, stoppingToken));
    }

    private async Task RepeatAsync(TimeSpan interval, Func<CancellationToken, Task> chore, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await chore(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(chore.Method.Name, failure.Message);
            }
        }
    }

    private async Task RescueAsync(CancellationToken cancellationToken)
    {
        var rescued = await store.RescueAsync(options.Value.LeaseDuration, options.Value.MaxRescues, cancellationToken);
        foreach (var kind in rescued) telemetry.CountRescue(kind);
        if (rescued.Count > 0) LogRescued(rescued.Count);

        foreach (var lease in await store.ClaimHopelessAsync(options.Value.LeaseDuration, options.Value.MaxRescues, cancellationToken))
        {
            var handler = handlers.FirstOrDefault(handler => handler.Kind == lease.Kind);
            var reason = $"{options.Value.MaxRescues} workers fell silent while they ran it.";
            if (await store.BuryAsync(lease, handler, reason, reason, cancellationToken)) telemetry.CountDeadLetter(lease.Kind);
        }
    }

    private async Task PruneAsync(CancellationToken cancellationToken)
    {
        while (await care.PruneAsync(options.Value.DoneRetention, options.Value.DeadRetention, cancellationToken)) cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        try
        {
            telemetry.Report(await care.MeasureAsync(cancellationToken));
        }
        catch
        {
            // Better no series than one that stands still.
            telemetry.Forget();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} jobs were taken from workers that fell silent")]
    private partial void LogRescued(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Maintenance of the queue failed ({Chore}), trying again at its next turn: {Reason}")]
    private partial void LogFailed(string chore, string reason);
}
