using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rag.Core.Jobs;

/// <summary>The leases that this worker holds. Renews them all with one statement per heartbeat, and cancels the run of a job whose lease another worker has taken.</summary>
internal sealed partial class LeaseKeeper(LeaseStore store, IOptions<JobWorkerOptions> options, TimeProvider time, ILogger<LeaseKeeper> logger)
{
    private readonly ConcurrentDictionary<(long Id, long Token), Held> _held = new();

    public IReadOnlyCollection<JobLease> Leases => [.. _held.Values.Select(held => held.Lease)];

    /// <summary>Keeps a lease from now on.</summary>
    /// <returns>Fires when the lease is lost.</returns>
    public CancellationToken Add(JobLease lease)
    {
        var held = new Held(lease, new CancellationTokenSource());
        _held[(lease.Id, lease.FencingToken)] = held;
        return held.Lost.Token;
    }

    /// <summary>Lets go of a lease, because the job is settled or the lease is lost.</summary>
    public void Remove(JobLease lease)
    {
        if (_held.TryRemove((lease.Id, lease.FencingToken), out var held)) held.Lost.Dispose();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Value.HeartbeatInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await RenewAsync(cancellationToken);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailed(failure.Message);
            }
        }
    }

    internal async Task RenewAsync(CancellationToken cancellationToken)
    {
        var held = _held.Values.Where(h => !h.Lease.IsCompletedByHandler).ToList();
        if (held.Count == 0) return;
        var renewed = await store.RenewAsync([.. held.Select(h => h.Lease)], options.Value.LeaseDuration, cancellationToken);
        foreach (var lost in held.Where(h => !renewed.Contains(h.Lease.Id)))
        {
            // Settled in the meantime, not lost.
            if (!_held.ContainsKey((lost.Lease.Id, lost.Lease.FencingToken))) continue;
            try
            {
                await lost.Lost.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // Settled at this very moment.
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The leases could not be renewed: {Reason}")]
    private partial void LogFailed(string reason);

    private sealed record Held(JobLease Lease, CancellationTokenSource Lost);
}
