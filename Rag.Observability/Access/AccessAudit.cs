using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using Rag.Observability.Audit;
using Rag.Observability.Logging;
using Rag.Observability.Redaction;

namespace Rag.Observability.Access;

/// <summary>Gives the lines of a request their user, session and operation, and writes calls of audited endpoints to the audit trail, with their outcome.</summary>
internal sealed class AccessAudit(RequestDelegate next, AccessRules rules, AuditTrail trail, Redactor redactor, ILogger<AccessAudit> logger)
{
    /// <summary>By method and route: as many as there are endpoints.</summary>
    private readonly ConcurrentDictionary<(string Method, string Route), string> _operations = new();

    public async Task InvokeAsync(HttpContext context)
    {
        var user = context.User.FindFirstValue(ClaimTypes.NameIdentifier);
        var rule = rules.Find(context.Request.Method, context.GetEndpoint());
        var lines = new LogContext
        {
            RequestId = context.TraceIdentifier,
            UserId = user,
            SessionId = Logging.Requests.Sessions.Of(context.Request),
            Operation = Operation(context),
            Component = "http",
        }.Examined(redactor);
        // The request's last line, which comes when this scope is gone, says the same.
        context.Features.Set(lines);
        using var scope = logger.BeginScope(lines);
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

    /// <summary>Null where there is no endpoint for exactly this method: its name may be anything.</summary>
    private string? Operation(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route } endpoint && endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is not null
            ? _operations.GetOrAdd((context.Request.Method, route), static key => $"{key.Method} {key.Route}")
            : null;

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
