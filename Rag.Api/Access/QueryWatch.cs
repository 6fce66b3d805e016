using System.Security.Claims;
using Rag.Api.Endpoints;
using Rag.Observability.Audit.Suspicion;

namespace Rag.Api.Access;

/// <summary>Shows queries and questions to the watch for suspicious activity.</summary>
internal sealed class QueryWatch(SuspicionWatch watch) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var argument in context.Arguments)
        {
            var text = argument switch
            {
                SearchEndpoints.SearchQuery search => search.Query,
                AskEndpoints.AskQuery ask => ask.Question,
                _ => null,
            };
            if (text is not null) watch.Queried(context.HttpContext.User.FindFirstValue(ClaimTypes.NameIdentifier), context.HttpContext.Connection.RemoteIpAddress, text);
        }

        return next(context);
    }
}
