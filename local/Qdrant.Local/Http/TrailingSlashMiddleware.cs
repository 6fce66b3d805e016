namespace Qdrant.Local.Http;

/// <summary>Trims slashes off the end of paths, and answers 404 with nothing where a path is known but not with this method.</summary>
internal sealed class TrailingSlashMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (path is { Length: > 1 } && path[^1] == '/') context.Request.Path = path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";
        await next(context);
        if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed } response)
        {
            response.Headers.Allow = default;
            response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
