namespace Rag.Observability.ErrorTracking.Upkeep;

/// <summary>Settings of the section <c>ErrorTracking:Upkeep</c>.</summary>
public sealed class ErrorUpkeepOptions
{
    public const string Section = "ErrorTracking:Upkeep";

    /// <summary>Between two looks at the groups.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Groups that were not seen for so long are deleted, with all that belongs to them.</summary>
    public TimeSpan KeepGroups { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Sample events are deleted after so long.</summary>
    public TimeSpan KeepEvents { get; set; } = TimeSpan.FromDays(30);
}
