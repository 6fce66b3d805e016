using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using Rag.Observability.Audit;
using Rag.Observability.Logging;

namespace Rag.Observability.Access;

/// <summary>Gives the lines of a request their user, session and operation, and writes calls of audited endpoints to the audit trail, with their outcome.</summary>
internal sealed class AccessAudit(RequestDelegate next, AccessRules rules, AuditTrail trail, ILogger<AccessAudit> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var user = context.User.FindFirstValue(ClaimTypes.NameIdentifier);
        var rule = rules.Find(context.Request.Method, context.GetEndpoint());
        using var scope = logger.BeginScope(new LogContext
        {
            UserId = user,
            SessionId = Logging.Requests.Sessions.Of(context.Request),
            Operation = context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route } ? $"{context.Request.Method} {route}" : null,
            Component = "http",
        });
        if (rule is null or { Audited: null, Changes: null })
        {
            await next(context);
            return;
        }

        var outcome = "failure";
        try
        {
            await next(context);
            outcome = context.Response.StatusCode < StatusCodes.Status400BadRequest ? "success" : "failure";
        }
        finally
        {
            Record(context, rule, user, outcome);
        }
    }

    private void Record(HttpContext context, AccessRule rule, string? user, string outcome)
    {
        var id = context.Request.RouteValues.GetValueOrDefault("id")?.ToString();
        if (rule.Changes is { } changed) trail.SystemChange(user, $"{changed}_{Verb(context)}", null, null, id is null ? changed : $"{changed}/{id}", outcome);
        else trail.DataAccess(user, rule.Audited!, id, context.Request.Method.ToLowerInvariant(), outcome: outcome);
    }

    /// <summary>What <c>/queue/pause</c> and <c>/errors/{id}/resolve</c> do is their last word.</summary>
    private static string Verb(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint { RoutePattern.PathSegments: [.., { Parts: [RoutePatternLiteralPart literal] }] } ? literal.Content : context.Request.Method.ToLowerInvariant();
}
