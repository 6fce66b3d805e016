using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Rag.Core.Jobs;

/// <summary>Completes jobs whose handlers left that to the worker: everything that finished while the previous statement was under way goes into the next one.</summary>
internal sealed partial class JobAcknowledger(LeaseStore store, TimeProvider time, ILogger<JobAcknowledger> logger)
{
    private const int LargestBatch = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly Channel<Finished> _finished = Channel.CreateUnbounded<Finished>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Returns when the completion is durable, or refused because the lease was lost.</summary>
    public Task CompleteAsync(JobLease lease)
    {
        var finished = new Finished(lease, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        // Never full: the number of jobs under way bounds it.
        _finished.Writer.TryWrite(finished);
        return finished.Durable.Task;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Finished>(LargestBatch);
        while (await _finished.Reader.WaitToReadAsync(cancellationToken))
        {
            while (batch.Count < LargestBatch && _finished.Reader.TryRead(out var finished)) batch.Add(finished);
            await WriteAsync(batch, cancellationToken);
            foreach (var finished in batch) finished.Durable.SetResult();
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<Finished> batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var completed = await store.CompleteAsync([.. batch.Select(finished => finished.Lease)], cancellationToken);
                if (completed < batch.Count) LogRefused(batch.Count - completed);
                return;
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                // The work is done: as long as this worker lives, so should the knowledge of it.
                LogFailed(failure.Message);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} completions came too late: other workers have the jobs, or they were settled before")]
    private partial void LogRefused(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Finished jobs could not be completed yet: {Reason}")]
    private partial void LogFailed(string reason);

    private sealed record Finished(JobLease Lease, TaskCompletionSource Durable);
}
