namespace Aspire.Hosting.Dcp;

/// <summary>State of the orchestrator itself.</summary>
internal sealed record DcpServerStatus(string Status, string? ShutdownResourceCleanup)
{
    public const string Stopping = nameof(Stopping);
    public const string CleaningResources = nameof(CleaningResources);
    public const string CleanupComplete = nameof(CleanupComplete);
}
