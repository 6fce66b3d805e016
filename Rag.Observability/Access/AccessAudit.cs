using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rag.Observability.Audit;
using Rag.Observability.Logging;

namespace Rag.Observability.Access;

/// <summary>Gives the lines of a request its user, and writes calls of audited endpoints to the audit trail, with their outcome.</summary>
internal sealed class AccessAudit(RequestDelegate next, AccessRules rules, AuditTrail trail, ILogger<AccessAudit> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var user = context.User.FindFirstValue(ClaimTypes.NameIdentifier);
        var resource = rules.Find(context.Request.Method, context.GetEndpoint())?.Audited;
        using var scope = user is null ? null : logger.BeginScope(new LogContext { UserId = user, SessionId = Logging.Requests.Sessions.Of(context.Request) });
        if (resource is null)
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
            trail.DataAccess(user, resource, context.Request.RouteValues.GetValueOrDefault("id")?.ToString(), context.Request.Method.ToLowerInvariant(), outcome: outcome);
        }
    }
}
