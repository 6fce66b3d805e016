using Microsoft.AspNetCore.Http.HttpResults;
using Rag.Observability.Audit;
using Rag.Observability.Errors;

namespace Rag.Api.Endpoints;

/// <summary>The audit trail.</summary>
internal static class AuditEndpoints
{
    private const int DefaultLimit = 100;

    public static IEndpointRouteBuilder MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("/audit").WithTags("Audit");
        audit.MapGet("/", ListAsync).WithSummary("Lists events, the newest first");
        return routes;
    }

    private static async Task<Ok<EventList>> ListAsync(string? kind, string? actor, long? before, int? limit, AuditReport report, CancellationToken cancellationToken)
    {
        var events = await report.ListAsync(ReadKind(kind), actor, before, limit ?? DefaultLimit, cancellationToken);
        return TypedResults.Ok(new EventList(events));
    }

    private static AuditKind? ReadKind(string? kind) => kind switch
    {
        null => null,
        "authentication_attempt" => AuditKind.AuthenticationAttempt,
        "authorization_failure" => AuditKind.AuthorizationFailure,
        "suspicious_activity" => AuditKind.SuspiciousActivity,
        "data_access" => AuditKind.DataAccess,
        "system_change" => AuditKind.SystemChange,
        _ => throw new ValidationException("kind", "Expected authentication_attempt, authorization_failure, suspicious_activity, data_access or system_change.", "unknown"),
    };

    internal sealed record EventList(IReadOnlyList<AuditEntry> Events);
}
