using System.Collections;
using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Everything that is known about a resource at one moment. Immutable: a change is a new snapshot.</summary>
public sealed record CustomResourceSnapshot
{
    /// <summary>Grows by one with every change of the resource.</summary>
    internal long Version { get; init; }

    public required string ResourceType { get; init; }

    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? CreationTimeStamp { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? StartTimeStamp { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? StopTimeStamp { get; init; }

    public ResourceStateSnapshot? State { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>
    /// Null unless running; running without health checks is healthy; otherwise the worst report counts, and a check that has not
    /// run yet counts as unhealthy.
    /// </summary>
    public HealthStatus? HealthStatus =>
        !string.Equals(State?.Text, KnownResourceStates.Running, StringComparison.Ordinal) ? null
        : HealthReports.Length == 0 ? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
        : HealthReports.Min(r => r.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy);

    /// <summary>A resource with health checks starts with a report without a status for each, or it would count as healthy at once.</summary>
    public ImmutableArray<HealthReportSnapshot> HealthReports { get; internal init; } = [];

    public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; init; } = [];

    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    public ImmutableArray<ResourceCommandSnapshot> Commands { get; init; } = [];

    public ImmutableArray<RelationshipSnapshot> Relationships { get; init; } = [];

    public bool IsHidden { get; init; }

    public string? IconName { get; init; }

    public IconVariant? IconVariant { get; init; }

    /// <summary>
    /// Whether both describe the same state. Record equality does not tell: it compares the arrays by reference, and every
    /// observation of an unchanged process builds new ones.
    /// </summary>
    internal bool DescribesSameAs(CustomResourceSnapshot other) =>
        string.Equals(ResourceType, other.ResourceType, StringComparison.Ordinal)
        && CreationTimeStamp == other.CreationTimeStamp
        && StartTimeStamp == other.StartTimeStamp
        && StopTimeStamp == other.StopTimeStamp
        && State == other.State
        && ExitCode == other.ExitCode
        && IsHidden == other.IsHidden
        && string.Equals(IconName, other.IconName, StringComparison.Ordinal)
        && IconVariant == other.IconVariant
        && Properties.SequenceEqual(other.Properties, PropertyComparer.Instance)
        && HealthReports.SequenceEqual(other.HealthReports)
        && EnvironmentVariables.SequenceEqual(other.EnvironmentVariables)
        && Urls.SequenceEqual(other.Urls)
        && Commands.SequenceEqual(other.Commands)
        && Relationships.SequenceEqual(other.Relationships);

    /// <summary>Compares lists among the values by their elements.</summary>
    private sealed class PropertyComparer : IEqualityComparer<ResourcePropertySnapshot>
    {
        public static readonly PropertyComparer Instance = new();

        public bool Equals(ResourcePropertySnapshot? x, ResourcePropertySnapshot? y) =>
            ReferenceEquals(x, y)
            || (x is not null && y is not null && x with { Value = null } == y with { Value = null } && ValueEquals(x.Value, y.Value));

        public int GetHashCode(ResourcePropertySnapshot obj) => StringComparer.Ordinal.GetHashCode(obj.Name);

        private static bool ValueEquals(object? x, object? y) =>
            x is IEnumerable left and not string && y is IEnumerable right and not string
                ? left.Cast<object?>().SequenceEqual(right.Cast<object?>())
                : Equals(x, y);
    }
}
