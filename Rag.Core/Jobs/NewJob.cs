using System.Text.Json;

namespace Rag.Core.Jobs;

/// <summary>A job to be enqueued.</summary>
/// <param name="Kind">Names the handler, for example <c>ingest</c>.</param>
/// <param name="Payload">JSON that the handler understands.</param>
/// <param name="UniqueKey">While a job of this kind and key is queued or running, another one is not enqueued. Null: never unique.</param>
/// <param name="Priority">Which jobs go first.</param>
/// <param name="Delay">How long it waits at least, or null.</param>
internal sealed record NewJob(string Kind, string Payload, string? UniqueKey = null, JobPriority Priority = JobPriority.Normal, TimeSpan? Delay = null)
{
    public static NewJob Of<TPayload>(string kind, TPayload payload, string? uniqueKey = null, JobPriority priority = JobPriority.Normal) =>
        new(kind, JsonSerializer.Serialize(payload, JsonSerializerOptions.Web), uniqueKey, priority);
}
