namespace Rag.Observability.ErrorTracking.Storage;

/// <summary>What people decided about a group, and what became of it. Pure: the store reads it, asks it, and writes what it says.</summary>
internal sealed record GroupDecision
{
    public GroupStatus Status { get; init; }

    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>Only events of this version and later ones say that the error is not resolved.</summary>
    public string? ResolvedInVersion { get; init; }

    public DateTimeOffset? IgnoredUntil { get; init; }

    /// <summary>Total count from which on it is no longer ignored.</summary>
    public long? IgnoredUntilCount { get; init; }

    public bool IgnoredUntilEscalates { get; init; }

    public DateTimeOffset? RegressedAt { get; init; }

    public DateTimeOffset? EscalatingSince { get; init; }

    /// <summary>After further events. Their own time decides, not that of their arrival: the disk spool delivers late.</summary>
    /// <param name="lastAt">When the latest of them occurred.</param>
    /// <param name="version">Version of the service that they come from.</param>
    /// <param name="count">The group's count with them.</param>
    public GroupDecision After(DateTimeOffset lastAt, string version, long count) => Status switch
    {
        GroupStatus.Resolved when IsBack(lastAt, version) => new GroupDecision { RegressedAt = lastAt },
        GroupStatus.Ignored when IgnoredUntil <= lastAt || IgnoredUntilCount <= count => new GroupDecision(),
        _ => this,
    };

    public static GroupDecision Resolved(DateTimeOffset now, string? inVersion) =>
        new() { Status = GroupStatus.Resolved, ChangedAt = now, ResolvedInVersion = inVersion };

    public static GroupDecision Ignored(DateTimeOffset now, DateTimeOffset? until, long? untilCount, bool untilEscalates) => new()
    {
        Status = GroupStatus.Ignored,
        ChangedAt = now,
        IgnoredUntil = until,
        IgnoredUntilCount = untilCount,
        IgnoredUntilEscalates = untilEscalates,
    };

    public static GroupDecision Reopened(DateTimeOffset now) => new() { ChangedAt = now };

    /// <summary>After a look at the last hours.</summary>
    public GroupDecision AfterLook(bool isEscalating, DateTimeOffset now)
    {
        if (isEscalating && Status == GroupStatus.Ignored && IgnoredUntilEscalates) return new GroupDecision { EscalatingSince = now };
        if (Status != GroupStatus.Open) return this with { EscalatingSince = null };
        return this with { EscalatingSince = isEscalating ? EscalatingSince ?? now : null };
    }

    /// <summary>The state as it is shown.</summary>
    public GroupState StateAt(DateTimeOffset now, DateTimeOffset firstSeen)
    {
        var isRecent = (DateTimeOffset time) => now - time < GroupStates.Recent;
        return Status switch
        {
            GroupStatus.Resolved => GroupState.Resolved,
            GroupStatus.Ignored when IgnoredUntil is null || IgnoredUntil > now => GroupState.Ignored,
            _ when EscalatingSince is not null => GroupState.Escalating,
            _ when RegressedAt is { } at && isRecent(at) => GroupState.Regressed,
            _ when isRecent(firstSeen) => GroupState.New,
            _ => GroupState.Ongoing,
        };
    }

    private bool IsBack(DateTimeOffset lastAt, string version) =>
        ResolvedInVersion is { } fixedIn && ReleaseVersion.TryParse(fixedIn) is { } wanted && ReleaseVersion.TryParse(version) is { } seen
            ? seen.CompareTo(wanted) >= 0
            : lastAt > ChangedAt;
}
