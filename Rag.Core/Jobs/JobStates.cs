namespace Rag.Core.Jobs;

/// <summary>The states as the table spells them.</summary>
internal static class JobStates
{
    public const string Queued = "queued";

    public static string Name(JobState state) => state switch
    {
        JobState.Queued => Queued,
        JobState.Running => "running",
        JobState.Done => "done",
        JobState.Dead => "dead",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static JobState? Parse(string? name) => name switch
    {
        Queued => JobState.Queued,
        "running" => JobState.Running,
        "done" => JobState.Done,
        "dead" => JobState.Dead,
        _ => null,
    };
}
