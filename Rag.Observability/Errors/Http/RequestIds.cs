using System.Buffers;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rag.Observability.Errors.Http;

/// <summary>
/// One id for a request: the caller's <c>X-Request-ID</c> where it is a sane one, else the trace id. It is the <see cref="HttpContext.TraceIdentifier"/>,
/// and so in every answer's header, every error's body, every log line's scope and the server span.
/// </summary>
internal sealed class RequestIds(RequestDelegate next, ILogger<RequestIds> logger)
{
    public const string Header = "X-Request-ID";
    private const int Longest = 128;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:");

    public async Task InvokeAsync(HttpContext context)
    {
        var id = FromCaller(context.Request) ?? Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString();
        context.TraceIdentifier = id;
        Activity.Current?.SetTag(TelemetryNames.Tags.RequestId, id);

        // Only when the answer starts, because error handling clears the headers before that.
        context.Response.OnStarting(static state =>
        {
            var http = (HttpContext)state;
            http.Response.Headers[Header] = http.TraceIdentifier;
            return Task.CompletedTask;
        }, context);

        using (logger.BeginScope(new RequestScope(id))) await next(context);
    }

    private static string? FromCaller(HttpRequest request) =>
        request.Headers[Header] is [{ Length: > 0 and <= Longest } id] && !id.AsSpan().ContainsAnyExcept(Allowed) ? id : null;
}
