using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Observability;
using Rag.Observability.Errors;
using Rag.Observability.ErrorTracking;
using Rag.Observability.Logging;

namespace Rag.Core.Jobs;

/// <summary>Runs one leased job and settles it: done, another run, dead, or given back.</summary>
internal sealed partial class JobRunner(
    IEnumerable<IJobHandler> handlers,
    LeaseStore store,
    LeaseKeeper keeper,
    JobAcknowledger acknowledger,
    ClaimThrottle throttle,
    JobTelemetry telemetry,
    IOptions<JobWorkerOptions> options,
    TimeProvider time,
    Random random,
    ILogger<JobRunner> logger,
    ErrorTracker? errors = null)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly Dictionary<string, IJobHandler> _handlers = handlers.ToDictionary(handler => handler.Kind, StringComparer.Ordinal);

    /// <summary>The kinds of job that this worker can run.</summary>
    public string[] Kinds => [.. _handlers.Keys];

    /// <param name="lease">The job, already in the keeper's care.</param>
    /// <param name="lost">Fires when the lease is lost.</param>
    /// <param name="giveBack">Fires when running jobs are to be given back, because the process ends.</param>
    /// <param name="abandon">Fires when even settling must end.</param>
    public async Task RunAsync(JobLease lease, CancellationToken lost, CancellationToken giveBack, CancellationToken abandon)
    {
        using var activity = telemetry.StartRun(lease);
        using var context = logger.BeginScope(new LogContext { RequestId = lease.RequestId, Operation = $"process {lease.Kind}", Component = "worker" });
        using var scope = LogScope(logger, lease.Id, lease.Kind);
        var started = time.GetTimestamp();
        var outcome = "abandoned";
        try
        {
            outcome = await RunAndSettleAsync(lease, activity, lost, giveBack, abandon);
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            // The lease runs out by itself.
        }
        finally
        {
            keeper.Remove(lease);
            telemetry.EndRun(lease.Kind, outcome, time.GetElapsedTime(started));
            activity?.SetTag(TelemetryNames.Tags.JobOutcome, outcome);
        }
    }

    private async Task<string> RunAndSettleAsync(JobLease lease, Activity? activity, CancellationToken lost, CancellationToken giveBack, CancellationToken abandon)
    {
        using var limit = new CancellationTokenSource(options.Value.RunLimit, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(lost, giveBack, limit.Token);
        try
        {
            await _handlers[lease.Kind].HandleAsync(lease, ends.Token);
            throttle.Succeeded();
            if (!lease.IsCompletedByHandler) await acknowledger.CompleteAsync(lease).WaitAsync(abandon);
            return "done";
        }
        catch (OperationCanceledException) when (giveBack.IsCancellationRequested)
        {
            throttle.Unused();
            await UntilItWorksAsync(() => store.ReleaseAsync([lease], abandon), abandon);
            return "released";
        }
        catch (Exception failure) when (failure is LeaseLostException || (failure is OperationCanceledException && lost.IsCancellationRequested))
        {
            throttle.Unused();
            LogLost();
            return "lost";
        }
        catch (Exception failure) when (!abandon.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            activity?.SetTag(TelemetryNames.Tags.ErrorType, failure.GetType().Name);
            // A job that takes for ever is nobody's fault but its own.
            return limit.IsCancellationRequested
                ? await SettleFailureAsync(lease, new TimeoutException($"The job ran longer than {options.Value.RunLimit}.", failure), JobFailure.Unforeseen, abandon)
                : await SettleFailureAsync(lease, failure, JobFailures.Classify(failure), abandon);
        }
    }

    private async Task<string> SettleFailureAsync(JobLease lease, Exception failure, JobFailure kind, CancellationToken abandon)
    {
        Track(lease, failure);
        var retryAfter = (failure as RagException)?.RetryAfter;
        if (kind == JobFailure.Dependency) throttle.DependencyFailed(retryAfter);
        else throttle.Succeeded();

        var reason = JobReason.ForOperators(failure);
        if (IsHopeless(lease, kind))
        {
            var buried = false;
            await UntilItWorksAsync(async () => buried = await store.BuryAsync(lease, _handlers[lease.Kind], reason, JobReason.ForAnyone(failure), abandon), abandon);
            if (!buried) return "lost";
            telemetry.CountDeadLetter(lease.Kind);
            LogDead(failure, lease.Attempt);
            return "dead";
        }

        var delay = Delay(lease, kind, retryAfter);
        await UntilItWorksAsync(() => store.RetryAsync(lease, delay, kind == JobFailure.Unforeseen, reason, abandon), abandon);
        if (kind == JobFailure.Unforeseen) LogUnforeseen(failure, lease.Attempt, delay.TotalSeconds);
        else LogDependency(lease.Attempt, delay.TotalSeconds, reason);
        return "retried";
    }

    /// <summary>Who waits for a dependency is held back by the throttle: a long pause of its own would only keep it waiting when the dependency is back.</summary>
    private TimeSpan Delay(JobLease lease, JobFailure kind, TimeSpan? retryAfter)
    {
        var backoff = JobBackoff.After(lease.Attempt, options.Value, random);
        if (kind == JobFailure.Dependency && backoff > options.Value.LongestThrottle) backoff = options.Value.LongestThrottle;
        return retryAfter > backoff ? retryAfter.Value : backoff;
    }

    private void Track(JobLease lease, Exception failure) =>
        errors?.Capture(failure, new ErrorContext(ErrorSource.Job) { Route = string.Concat("process ", lease.Kind), RequestId = lease.RequestId });

    private bool IsHopeless(JobLease lease, JobFailure kind) => kind switch
    {
        JobFailure.Permanent => true,
        JobFailure.Dependency => lease.Age > options.Value.DependencyPatience,
        _ => lease.Failures + 1 >= options.Value.MaxFailures,
    };

    /// <summary>While PostgreSQL is away nothing can be settled, but the lease is renewed as soon as it is back: so the verdict waits for it.</summary>
    private async Task UntilItWorksAsync(Func<Task> settle, CancellationToken abandon)
    {
        while (true)
        {
            try
            {
                await settle();
                return;
            }
            catch (RagException failure)
            {
                LogUnsettled(failure.Message);
            }

            await Task.Delay(Pause, time, abandon);
        }
    }

    private static readonly Func<ILogger, long, string, IDisposable?> LogScope = LoggerMessage.DefineScope<long, string>("Job {JobId} ({JobKind})");

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease was lost: another worker has the job")]
    private partial void LogLost();

    [LoggerMessage(Level = LogLevel.Error, Message = "The job is a dead letter after {Attempts} runs")]
    private partial void LogDead(Exception failure, int attempts);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Attempt} of the job failed; next run in {Seconds} s")]
    private partial void LogUnforeseen(Exception failure, int attempt, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Attempt} of the job waits for a dependency; next run in {Seconds} s: {Reason}")]
    private partial void LogDependency(int attempt, double seconds, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The job cannot be settled yet: {Reason}")]
    private partial void LogUnsettled(string reason);
}
