using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Rag.Observability.Access;

/// <summary>The one requirement of every endpoint: the caller has the role that the table asks for.</summary>
internal sealed class AccessRequirement : IAuthorizationRequirement
{
    public sealed class Handler(AccessRules rules, IOptions<AccessOptions> options) : AuthorizationHandler<AccessRequirement>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRequirement requirement)
        {
            if (context.Resource is not HttpContext http) return Task.CompletedTask;

            var required = http.GetEndpoint() is RouteEndpoint endpoint
                ? rules.Find(http.Request.Method, endpoint)?.Role ?? AccessRole.Admin
                // Nothing is there, or not by this method: whoever may read may know that.
                : options.Value.IsOpen ? AccessRole.Public : AccessRole.Reader;
            if (required == AccessRole.Public || Role(context.User) >= required) context.Succeed(requirement);
            return Task.CompletedTask;
        }

        private static AccessRole Role(ClaimsPrincipal user) =>
            Enum.TryParse<AccessRole>(user.FindFirstValue(ClaimTypes.Role), ignoreCase: true, out var role) ? role : AccessRole.Public;
    }
}
