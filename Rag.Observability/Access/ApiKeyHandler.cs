using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Observability.Audit;
using Rag.Observability.Audit.Suspicion;
using Rag.Observability.Errors;

namespace Rag.Observability.Access;

/// <summary>
/// Authenticates by <c>Authorization: Bearer KEY</c> or <c>X-Api-Key: KEY</c>. A wrong key is refused everywhere; no key at all makes the caller the built-in developer
/// where keys are not required. Attempts go to the audit trail: failures each (up to a limit per address and minute), successes once an hour for each key and address.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory loggers, UrlEncoder encoder, ApiKeyDirectory directory, IOptions<AccessOptions> options, AuditTrail trail,
    SuspicionWatch watch, AttemptLimits limits, AccessRules rules)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    public const string SchemeName = "ApiKey";
    private const string Header = "X-Api-Key";
    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var key = ReadKey(out var isMalformed);
        if (key is null && !isMalformed)
            return options.Value.IsOpen ? Success(Caller.Developer) : AuthenticateResult.NoResult();

        var address = Context.Connection.RemoteIpAddress;
        Caller? caller;
        try
        {
            caller = key is null ? null : await directory.IdentifyAsync(key, limits.MayLookUp(address), Context.RequestAborted);
        }
        catch (RagException) when (rules.Find(Request.Method, Context.GetEndpoint())?.Role == AccessRole.Public)
        {
            // What anybody may have does not depend on the database that knows the keys.
            return AuthenticateResult.NoResult();
        }

        if (caller is null)
        {
            watch.KeyFailed(address);
            if (limits.MayReportFailure(address))
                trail.AuthenticationAttempt(key is null ? null : ApiKeyText.IdOf(key), isSuccess: false, address?.ToString(), Request.Headers.UserAgent, "unknown, revoked or expired key");
            return AuthenticateResult.Fail("The key is unknown, revoked or expired.");
        }

        watch.KeyUsed(caller.Id, address);
        if (limits.MayReportSuccess(caller.Id, address)) trail.AuthenticationAttempt(caller.Id, isSuccess: true, address?.ToString(), Request.Headers.UserAgent);
        return Success(caller);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer realm=\"rag\"";
        return Task.CompletedTask;
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        var resource = (Context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
        trail.AuthorizationFailure(Context.User.FindFirst(System.Security.Claims.ClaimTypes.NameIdentifier)?.Value, resource, Request.Method, Context.Connection.RemoteIpAddress?.ToString());
        return Task.CompletedTask;
    }

    private static AuthenticateResult Success(Caller caller) => AuthenticateResult.Success(new AuthenticationTicket(caller.ToPrincipal(SchemeName), SchemeName));

    /// <summary>Two keys, or another scheme, are as good as a wrong key: nobody should be taken for the developer by mistake.</summary>
    private string? ReadKey(out bool isMalformed)
    {
        var (header, authorization) = (Request.Headers[Header], Request.Headers.Authorization);
        isMalformed = header.Count + authorization.Count > 1;
        if (isMalformed) return null;
        if (header is [{ Length: > 0 } key]) return key.Trim();
        if (authorization is not [{ Length: > 0 } value]) return null;
        isMalformed = !value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);
        return isMalformed ? null : value[Bearer.Length..].Trim();
    }
}
