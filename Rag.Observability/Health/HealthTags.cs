namespace Rag.Observability.Health;

/// <summary>Which health endpoint a check belongs to. <c>/health</c> runs every check, with or without a tag.</summary>
public static class HealthTags
{
    /// <summary>The process is not stuck: <c>/alive</c>. A failure means that a restart is due, so no dependency belongs here.</summary>
    public const string Live = "live";

    /// <summary>The service can do its work: <c>/ready</c>. What it can do without (it answers degraded then) does not belong here.</summary>
    public const string Ready = "ready";
}
