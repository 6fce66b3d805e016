namespace Rag.Observability.Audit;

/// <summary>What a walk along the audit trail found.</summary>
/// <param name="Status"><c>intact</c> or <c>broken</c>.</param>
/// <param name="Events">How many events are as they were written, counted from the first that retention left.</param>
/// <param name="FirstBroken">Sequence number of the first that is not, or null.</param>
/// <param name="Reason">What is wrong with it, or null.</param>
/// <param name="Head">Hash of the last event, or null.</param>
public sealed record AuditVerification(string Status, long Events, long? FirstBroken, string? Reason, string? Head)
{
    /// <summary>Number of the last event that retention removed, or null when none was.</summary>
    public long? RemovedUntil { get; init; }

    internal static AuditVerification Intact(long events, string head) => new("intact", events, null, null, head);

    internal static AuditVerification Broken(long events, long firstBroken, string reason) => new("broken", events, firstBroken, reason, null);
}
