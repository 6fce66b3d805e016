using System.Diagnostics;
using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Rag.Observability.Logging.Requests;

/// <summary>
/// One line when a request begins (Debug) and one when its last byte is sent, whatever becomes of it: answered, failed or aborted. Query strings are never logged,
/// because they hold what people type and tokens.
/// </summary>
internal sealed partial class RequestLogging(RequestDelegate next, ILoggerFactory loggers, TimeProvider time)
{
    private const int LongestPath = 256;
    private const int LongestUserAgent = 160;
    private const int LongestMethod = 16;
    private static readonly string[] Quiet = ["/health", "/alive", "/ready", "/metrics"];

    private readonly ILogger _logger = loggers.CreateLogger(LoggerNames.Requests);

    public async Task InvokeAsync(HttpContext context)
    {
        var exchange = new Exchange(this, context, time.GetTimestamp(), Activity.Current);
        if (_logger.IsEnabled(LogLevel.Debug)) LogStarted(exchange.Method, exchange.Path, context.Request.ContentLength, exchange.Client);
        exchange.Count();
        context.Response.OnCompleted(static state => ((Exchange)state).CompleteAsync(), exchange);
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            // The answer is made further out; the line comes when it has been sent.
            exchange.Failure = exception.GetType().Name;
            throw;
        }
    }

    private void Complete(Exchange exchange)
    {
        var context = exchange.Context;
        var isAborted = context.RequestAborted.IsCancellationRequested;
        var status = isAborted && context.Response.StatusCode is 0 or 200 && !context.Response.HasStarted
            ? StatusCodes.Status499ClientClosedRequest
            : context.Response.StatusCode;
        var level = Level(status, context.Request.Path, isAborted);
        if (!_logger.IsEnabled(level)) return;

        var agent = context.Request.Headers.UserAgent.ToString();
        using var scope = _logger.BeginScope(context.Features.Get<LogContext>() is { Operation: not null } known ? known : new LogContext
        {
            RequestId = context.TraceIdentifier,
            UserId = context.User.FindFirstValue(ClaimTypes.NameIdentifier),
            SessionId = Sessions.Of(context.Request),
            Operation = $"{exchange.Method} {exchange.Route}",
            Component = "http",
        });
        LogCompleted(
            level, exchange.Method, exchange.Path, status, Math.Round(time.GetElapsedTime(exchange.Started).TotalMilliseconds, 3), exchange.Route, context.Request.ContentLength,
            exchange.ResponseBytes, exchange.Client, agent.Length > LongestUserAgent ? agent[..LongestUserAgent] : agent, isAborted, exchange.Failure);
    }

    private static LogLevel Level(int status, PathString path, bool isAborted) => status switch
    {
        _ when isAborted => LogLevel.Information,
        >= 500 => LogLevel.Error,
        401 or 403 or 408 or 413 or 429 or 431 => LogLevel.Warning,
        >= 400 => LogLevel.Information,
        _ => Array.Exists(Quiet, quiet => path.Equals(quiet, StringComparison.OrdinalIgnoreCase)) ? LogLevel.Debug : LogLevel.Information,
    };

    [LoggerMessage(1, LogLevel.Debug, "{Method} {Path} started", EventName = "request_started")]
    private partial void LogStarted(string method, string path, long? requestBytes, string? clientAddress);

    [LoggerMessage(EventId = 2, EventName = "request_completed", Message = "{Method} {Path} answered {Status} in {DurationMs} ms")]
    private partial void LogCompleted(
        LogLevel level, string method, string path, int status, double durationMs, string route, long? requestBytes, long responseBytes, string? clientAddress, string userAgent,
        bool isAborted, string? failure);

    /// <summary>What is known of a request from its beginning on.</summary>
    private sealed class Exchange(RequestLogging log, HttpContext context, long started, Activity? activity)
    {
        private CountingResponseBody? _body;

        public HttpContext Context => context;

        public long Started => started;

        public string? Failure { get; set; }

        public string Method { get; } = Cut(context.Request.Method, LongestMethod);

        public string Path { get; } = Cut(context.Request.PathBase.Add(context.Request.Path).Value ?? "/", LongestPath);

        /// <summary>Null when there is no peer address, as under a test server or a Unix socket.</summary>
        public string? Client { get; } = Address(context.Connection.RemoteIpAddress);

        public string Route => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

        public long ResponseBytes => _body?.Bytes ?? 0;

        public void Count() => _body = CountingResponseBody.Install(context);

        public Task CompleteAsync()
        {
            var current = Activity.Current;
            try
            {
                // The line belongs to the request's trace, also where the server calls back outside of it.
                if (activity is { IsStopped: false }) Activity.Current = activity;
                log.Complete(this);
            }
            catch (Exception)
            {
                // A line that is lost is no reason to break a connection.
            }
            finally
            {
                Activity.Current = current;
            }

            return Task.CompletedTask;
        }

        private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..longest];

        private static string? Address(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString();
    }
}
