namespace Aspire.Hosting.Dcp;

/// <summary>What became of the process.</summary>
internal sealed record ExecutableStatus
{
    /// <summary>Starting, Running, Stopping, Finished (ended by itself), Terminated (ended by the orchestrator), FailedToStart or Unknown.</summary>
    public string? State { get; init; }

    public int? Pid { get; init; }

    public int? ExitCode { get; init; }

    public DateTime? StartupTimestamp { get; init; }

    public DateTime? FinishTimestamp { get; init; }
}
