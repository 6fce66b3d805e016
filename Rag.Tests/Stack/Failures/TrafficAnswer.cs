using System.Text.Json.Nodes;

namespace Rag.Tests.Stack.Failures;

/// <summary>One answer that a caller got.</summary>
/// <param name="Operation">What was asked for, for example <c>search hybrid</c>.</param>
/// <param name="AskedAt">When, by the monotonic clock.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="MediaType">Of the body.</param>
/// <param name="RetryAfter">The header's value.</param>
/// <param name="RequestId">The header's value.</param>
/// <param name="Body">As it came.</param>
internal sealed record TrafficAnswer(string Operation, long AskedAt, int Status, string? MediaType, string? RetryAfter, string? RequestId, JsonNode? Body)
{
    /// <summary>Nothing is missing from it.</summary>
    public bool IsWhole => Status is 200 or 202 or 204 && Body?["degraded"]?.GetValue<bool>() != true;

    public string? DegradedReason => (string?)Body?["degraded_reason"];

    public string? ErrorCode => Status >= 400 ? (string?)Body?["error"]?["code"] : null;

    public string? ErrorId => Status >= 400 ? (string?)Body?["error"]?["details"]?["error_id"] : null;

    public override string ToString() => $"{Operation}: {Status} {Body?.ToJsonString()}";
}
