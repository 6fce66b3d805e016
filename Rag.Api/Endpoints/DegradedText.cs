namespace Rag.Api.Endpoints;

/// <summary>The member <c>degraded_reason</c>: a stable code, and behind it the state of the circuit breaker where that has refused the call.</summary>
internal static class DegradedText
{
    public static string? Of(string? code, bool isBreakerOpen) => isBreakerOpen ? code + ": circuit breaker open" : code;
}
