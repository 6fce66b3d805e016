using System.Text.Json.Serialization;

namespace Rag.Core.Jobs;

/// <summary>Where a job is on its way.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>Waits for a worker, or for its time to come.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>A worker holds a lease on it.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Finished; pruned after a while.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>A dead letter: will not run again unless an operator revives it.</summary>
    [JsonStringEnumMemberName("dead")]
    Dead,
}
