using System.Diagnostics;
using System.Text.Json;

namespace Rag.Core.Jobs;

/// <summary>A worker's temporary right to run one job.</summary>
internal sealed class JobLease
{
    public required long Id { get; init; }

    public required string Kind { get; init; }

    /// <summary>JSON that the handler understands.</summary>
    public required string Payload { get; init; }

    /// <summary>Number of the claim: the database accepts a result only from the newest one.</summary>
    public required long FencingToken { get; init; }

    /// <summary>1 for the first run.</summary>
    public required int Attempt { get; init; }

    /// <summary>Failures before this run that no dependency was to blame for.</summary>
    public required int Failures { get; init; }

    /// <summary>Time since the job was enqueued.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>Time since the job could have run.</summary>
    public required TimeSpan Wait { get; init; }

    /// <summary>Trace context of whoever enqueued it.</summary>
    public required ActivityContext Trace { get; init; }

    /// <summary>Request that enqueued it, if one did.</summary>
    public required string? RequestId { get; init; }

    /// <summary>True once the handler has completed the job in its own transaction.</summary>
    internal bool IsCompletedByHandler { get; set; }

    public TPayload Read<TPayload>() =>
        JsonSerializer.Deserialize<TPayload>(Payload, JsonSerializerOptions.Web) ?? throw new JsonException($"The payload of job {Id} is null.");
}
