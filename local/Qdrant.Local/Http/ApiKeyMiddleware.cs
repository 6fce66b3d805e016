using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Routing;

namespace Qdrant.Local.Http;

/// <summary>
/// Asks for the key in <c>api-key</c>, or as a bearer token, once <see cref="ServiceSettings.ApiKey"/> is set. A read-only key may not
/// write. The front page and the probes are free.
/// </summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ServiceSettings settings)
{
    private const string BearerPrefix = "Bearer ";

    public async Task InvokeAsync(HttpContext context)
    {
        if (settings.ApiKey is null && settings.ReadOnlyApiKey is null || IsFree(context.Request.Path))
        {
            await next(context);
            return;
        }

        var key = Key(context.Request);
        if (key is null) await RefuseAsync(context, "Must provide an API key or an Authorization bearer token");
        else if (Same(key, settings.ApiKey)) await next(context);
        else if (!Same(key, settings.ReadOnlyApiKey)) await RefuseAsync(context, "Invalid API key or JWT");
        else if (context.GetEndpoint()?.Metadata.GetMetadata<WritesData>() is { } write) await Envelope.WriteErrorAsync(context, StatusCodes.Status403Forbidden, $"Forbidden: {write.Refusal}");
        else await next(context);
    }

    private static bool IsFree(PathString path) =>
        path == "/" || path == "/healthz" || path == "/health" || path == "/alive" || path == "/ready"
        || path.Value!.StartsWith("/readyz", StringComparison.Ordinal) || path.Value.StartsWith("/livez", StringComparison.Ordinal);

    private static string? Key(HttpRequest request)
    {
        if (request.Headers.TryGetValue("api-key", out var key)) return key.ToString();
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(BearerPrefix, StringComparison.Ordinal) ? authorization[BearerPrefix.Length..] : null;
    }

    private static bool Same(string given, string? key) =>
        key is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static Task RefuseAsync(HttpContext context, string text)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
