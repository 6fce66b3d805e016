using System.Text.Json.Nodes;

namespace Rag.Core.Jobs;

/// <summary>A job as operators see it.</summary>
public sealed record Job(
    long Id,
    string Kind,
    JobState State,
    int Priority,
    JsonNode Payload,
    int Attempt,
    int Failures,
    int Rescues,
    string? Worker,
    string? Error,
    string? RequestId,
    DateTimeOffset CreatedAt,
    DateTimeOffset RunAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt);
