using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rag.Observability.Redaction;

namespace Rag.Observability.Errors.Http;

/// <summary>What the operator gets to know of a failed request: one log line, one count, one event on the span. None of it can fail the answer.</summary>
internal sealed partial class ErrorObserver
{
    private const int LongestStack = 16_000;

    private readonly ILogger<ErrorObserver> _logger;
    private readonly Redactor _redactor;
    private readonly Counter<long> _errors;

    public ErrorObserver(ILogger<ErrorObserver> logger, Redactor redactor, IMeterFactory meters)
    {
        _logger = logger;
        _redactor = redactor;
        _errors = meters.Create(TelemetryNames.Source).CreateCounter<long>(TelemetryNames.Metrics.Errors, "{error}", "Requests answered with an error, by its catalogue entry.");
    }

    public void Observe(HttpContext context, ErrorAnswer answer, Exception? exception)
    {
        Guarded(() => Count(answer.Descriptor));
        Guarded(() => Log(context, answer, exception));
        if (exception is not null && answer.Descriptor.StatusCode >= 500) Guarded(() => Trace(exception));
    }

    public void ObserveClosed(HttpContext context) => Guarded(() => LogClosed(context.Request.Method, RequestRoute.Of(context)));

    private void Count(ErrorDescriptor descriptor) => _errors.Add(1, new TagList
    {
        { TelemetryNames.Tags.ErrorCategory, descriptor.Category.Name() },
        { TelemetryNames.Tags.ErrorSeverity, descriptor.Severity.Name() },
        { TelemetryNames.Tags.ErrorCode, descriptor.Code },
    });

    private void Log(HttpContext context, ErrorAnswer answer, Exception? exception)
    {
        var (method, route, status, code) = (context.Request.Method, RequestRoute.Of(context), answer.Descriptor.StatusCode, answer.Descriptor.Code);
        if (status >= 500) LogFailed(exception, method, route, status, code);
        else if (answer.Descriptor.Severity >= ErrorSeverity.Medium) LogRefusedWarning(method, route, status, code, answer.Message);
        else LogRefused(method, route, status, code, answer.Message);
    }

    private void Trace(Exception exception) => Activity.Current?.AddEvent(new ActivityEvent("exception", tags: new ActivityTagsCollection
    {
        { "exception.type", exception.GetType().FullName },
        { "exception.message", _redactor.Redact(exception.Message) },
        { "exception.stacktrace", Shorten(_redactor.Redact(exception.ToString())) },
    }));

    private static string Shorten(string text) => text.Length <= LongestStack ? text : text[..LongestStack];

    /// <summary>Observation never replaces the answer: a sink that throws loses its own record and nothing else.</summary>
    private static void Guarded(Action observe)
    {
        try
        {
            observe();
        }
        catch (Exception exception)
        {
            Activity.Current?.SetTag(TelemetryNames.Tags.ObservationFailed, exception.GetType().FullName);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} {Route} failed with {Status} {Code}")]
    private partial void LogFailed(Exception? exception, string method, string route, int status, string code);

    [LoggerMessage(2, LogLevel.Information, "{Method} {Route} refused with {Status} {Code}: {Reason}")]
    private partial void LogRefused(string method, string route, int status, string code, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Method} {Route} refused with {Status} {Code}: {Reason}")]
    private partial void LogRefusedWarning(string method, string route, int status, string code, string reason);

    [LoggerMessage(4, LogLevel.Debug, "{Method} {Route}: the caller went away")]
    private partial void LogClosed(string method, string route);
}
