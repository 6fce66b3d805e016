using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Core.Storage;

namespace Rag.Core.Jobs;

/// <summary>
/// Claims jobs and runs them, a bounded number at once. Survives every failure of PostgreSQL. When the process is told to stop, running jobs get a moment to finish
/// and go back to the queue otherwise.
/// </summary>
internal sealed partial class JobWorker(
    LeaseStore store,
    LeaseKeeper keeper,
    JobAcknowledger acknowledger,
    JobRunner runner,
    ClaimThrottle throttle,
    JobSignal signal,
    SchemaReadiness readiness,
    IOptions<JobWorkerOptions> options,
    TimeProvider time,
    Random random,
    ILogger<JobWorker> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BacklogPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly SemaphoreSlim _places = new(options.Value.Concurrency);
    private readonly CancellationTokenSource _claimsEnd = new();
    private readonly CancellationTokenSource _giveBack = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly string _name = $"{Environment.MachineName}:{Environment.ProcessId}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        // They outlive the claims: what is running must be kept and settled to the end.
        var keeping = keeper.RunAsync(_abandon.Token);
        var acknowledging = acknowledger.RunAsync(_abandon.Token);
        try
        {
            await ClaimAsync(stoppingToken);
        }
        finally
        {
            await DrainAsync();
            await Task.WhenAll(keeping, acknowledging).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ClaimAsync(CancellationToken stoppingToken)
    {
        // A claim that is cut off may have taken effect, and its jobs would wait until the lease runs out: it gets a moment to end.
        await using var registration = stoppingToken.Register(() => _claimsEnd.CancelAfter(SettleLimit));
        var isBacklog = false;
        while (true)
        {
            var free = await ReserveAsync(isBacklog, stoppingToken);
            var leases = await TakeAsync(free, stoppingToken);
            isBacklog = leases.Count == free;
            if (leases.Count < free) _places.Release(free - leases.Count);
            foreach (var lease in leases) Start(lease);
            if (leases.Count == 0) await IdleAsync(stoppingToken);
        }
    }

    /// <summary>
    /// Waits for a free place and takes all that are free. While there is a backlog it waits a moment for a quarter of them: very short jobs would otherwise cost
    /// a claim each, and to longer ones the moment is nothing.
    /// </summary>
    private async Task<int> ReserveAsync(bool isBacklog, CancellationToken stoppingToken)
    {
        await _places.WaitAsync(stoppingToken);
        var free = 1;
        var enough = isBacklog ? options.Value.Concurrency / 4 : 0;
        while (_places.Wait(0, CancellationToken.None) || (free < enough && await _places.WaitAsync(BacklogPause, stoppingToken))) free++;
        return free;
    }

    private async Task<List<JobLease>> TakeAsync(int free, CancellationToken stoppingToken)
    {
        var allowed = throttle.Allow(free);
        if (allowed == 0) return [];
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var leases = await store.ClaimAsync(_name, runner.Kinds, allowed, options.Value.LeaseDuration, _claimsEnd.Token);
                if (leases.Count == 0) throttle.Unused();
                return leases;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (pause == FirstPause) LogCannotClaim(failure.Message);
            }

            await Task.Delay(pause * (0.5 + random.NextDouble()), time, stoppingToken);
        }
    }

    /// <summary>An idle worker waits for a signal; a throttled one must not be woken by it.</summary>
    private async Task IdleAsync(CancellationToken stoppingToken)
    {
        var throttled = throttle.Wait;
        if (throttled > TimeSpan.Zero) await Task.Delay(throttled, time, stoppingToken);
        else await signal.WaitAsync(options.Value.PollInterval, stoppingToken);
    }

    private void Start(JobLease lease)
    {
        // Before the pool gets round to it: the lease must be renewed from now on.
        var lost = keeper.Add(lease);
        var run = Task.Run(async () =>
        {
            try
            {
                await runner.RunAsync(lease, lost, _giveBack.Token, _abandon.Token);
            }
            catch (Exception failure)
            {
                LogBroken(failure, lease.Id);
            }
        }, CancellationToken.None);
        _running[run] = true;
        _ = run.ContinueWith(
            done =>
            {
                _running.TryRemove(done, out _);
                _places.Release();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task DrainAsync()
    {
        if (!await FinishedWithinAsync(options.Value.ShutdownGrace))
        {
            await _giveBack.CancelAsync();
            await FinishedWithinAsync(SettleLimit);
        }

        await _abandon.CancelAsync();
    }

    private async Task<bool> FinishedWithinAsync(TimeSpan limit)
    {
        try
        {
            await Task.WhenAll(_running.Keys).WaitAsync(limit, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public override void Dispose()
    {
        _claimsEnd.Dispose();
        _giveBack.Dispose();
        _abandon.Dispose();
        _places.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No jobs can be claimed for now, trying again until it works: {Reason}")]
    private partial void LogCannotClaim(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The run of job {JobId} broke in an unforeseen way; its lease will run out")]
    private partial void LogBroken(Exception failure, long jobId);
}
