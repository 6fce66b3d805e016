namespace Rag.Observability.ErrorTracking;

internal static class GroupStates
{
    /// <summary>How long a group is new, or regressed, before it is ongoing.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromDays(7);
}
