using System.Buffers;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rag.Observability.Redaction;

namespace Rag.Observability.Errors.Http;

/// <summary>
/// One id for a request: the caller's <c>X-Request-ID</c> where it is a sane one (and does not look like a secret, because it is stored and shown everywhere), else the trace id. It is the <see cref="HttpContext.TraceIdentifier"/>,
/// and so in every answer's header, every error's body, every log line's scope and the server span.
/// </summary>
internal sealed class RequestIds(RequestDelegate next, Redactor redactor, ILogger<RequestIds> logger)
{
    public const string Header = "X-Request-ID";
    private const int Longest = 128;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:");

    public async Task InvokeAsync(HttpContext context)
    {
        var activity = Activity.Current;
        var id = FromCaller(context.Request) ?? activity?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString();
        context.TraceIdentifier = id;
        activity?.SetTag(TelemetryNames.Tags.RequestId, id);

        // It goes on with every span and every job.
        if (activity?.TraceStateString is { } state && IsSecret(state)) activity.TraceStateString = string.Empty;

        // Only when the answer starts, because error handling clears the headers before that.
        context.Response.OnStarting(static state =>
        {
            var http = (HttpContext)state;
            http.Response.Headers[Header] = http.TraceIdentifier;
            return Task.CompletedTask;
        }, context);

        using (logger.BeginScope(new RequestScope(id))) await next(context);
    }

    private string? FromCaller(HttpRequest request) =>
        request.Headers[Header] is [{ Length: > 0 and <= Longest } id] && !id.AsSpan().ContainsAnyExcept(Allowed) && !IsSecret(id) ? id : null;

    private bool IsSecret(string text) => !ReferenceEquals(redactor.Redact(text), text);
}
