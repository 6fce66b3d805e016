using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What one health check last said about a resource.</summary>
/// <param name="Name">Name of the health check.</param>
/// <param name="Status">The verdict, null as long as the check has not run.</param>
/// <param name="Description">The check's own words.</param>
/// <param name="ExceptionText">The exception it met, if any.</param>
public sealed record HealthReportSnapshot(string Name, HealthStatus? Status, string? Description, string? ExceptionText)
{
    /// <summary>When the check last ran, UTC.</summary>
    public DateTime? LastRunAt { get; init; }
}
