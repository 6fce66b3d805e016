using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Rag.Observability.Errors.Http;

/// <summary>The route template of a request, also after error handling has taken its endpoint away.</summary>
internal static class RequestRoute
{
    public const string None = "(no route)";

    public static string Of(HttpContext context)
    {
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
        return (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? None;
    }
}
