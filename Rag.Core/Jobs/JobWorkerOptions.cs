namespace Rag.Core.Jobs;

/// <summary>How a worker takes and keeps jobs (section <c>Jobs</c>).</summary>
internal sealed class JobWorkerOptions
{
    public const string Section = "Jobs";

    /// <summary>Jobs that one worker runs at once.</summary>
    public int Concurrency { get; set; } = 4;

    /// <summary>How long a worker may be silent before its jobs go to another.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(7);

    /// <summary>How often a worker renews its leases.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often each worker looks for leases that ran out. With <see cref="LeaseDuration"/> it bounds the time until a dead worker's job runs again.</summary>
    public TimeSpan RescueInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often an idle worker looks for jobs when no notification comes.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest run of one job.</summary>
    public TimeSpan RunLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long running jobs may go on after the process was told to stop; then they are given back.</summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Pause before the second run; doubles with every further run.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause between two runs.</summary>
    public TimeSpan LongestBackoff { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Longest pause of a worker that takes no jobs because what they need is down, and of a job that waits for it; the first is <see cref="FirstBackoff"/>.
    /// It bounds the time from the return of a dependency to when work goes on.
    /// </summary>
    public TimeSpan LongestThrottle { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Unforeseen failures after which a job is a dead letter.</summary>
    public int MaxFailures { get; set; } = 5;

    /// <summary>Workers that may die over one job before it is a dead letter: the job may be what kills them.</summary>
    public int MaxRescues { get; set; } = 20;

    /// <summary>How long a job waits for a dependency to come back before it is a dead letter.</summary>
    public TimeSpan DependencyPatience { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long finished jobs stay to be looked at.</summary>
    public TimeSpan DoneRetention { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long dead letters stay to be revived.</summary>
    public TimeSpan DeadRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often finished jobs are pruned.</summary>
    public TimeSpan PruneInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the size of the queue is measured.</summary>
    public TimeSpan MeasureInterval { get; set; } = TimeSpan.FromSeconds(5);
}
