namespace Rag.Core.Search;

/// <summary>A range of moments with optional, exclusive or inclusive ends.</summary>
public sealed record TimeRange(DateTimeOffset? After = null, DateTimeOffset? From = null, DateTimeOffset? Before = null, DateTimeOffset? Until = null)
{
    public bool IsEmpty => After is null && From is null && Before is null && Until is null;
}
