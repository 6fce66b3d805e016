using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rag.Observability.ErrorTracking;

namespace Rag.Observability.Errors.Http;

/// <summary>Turns a failure into its answer, and has it observed once.</summary>
/// <param name="observer">Log, metric and span.</param>
/// <param name="body">The answer's body.</param>
/// <param name="logger">Hears of bodies that cannot be written.</param>
/// <param name="tracker">Null in a service that has no error store.</param>
internal sealed partial class ErrorResponder(ErrorObserver observer, ProblemBody body, ILogger<ErrorResponder> logger, ErrorTracker? tracker = null)
{
    public async Task AnswerAsync(HttpContext context, ErrorAnswer answer, Exception? exception)
    {
        observer.Observe(context, answer, exception);
        var errorId = Capture(context, answer, exception);
        if (context.Response.HasStarted) return;

        var response = context.Response;
        response.StatusCode = answer.Descriptor.StatusCode;
        response.Headers.CacheControl = "no-store";
        if (answer.RetryAfter is { } wait && response.Headers.RetryAfter.Count == 0)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        var bytes = Body(context, answer, errorId);
        response.ContentType = ProblemBody.ContentType;
        response.ContentLength = bytes.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;

        try
        {
            await response.Body.WriteAsync(bytes, context.RequestAborted);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
    }

    /// <summary>The caller did not wait: no error, nobody to answer, but a status that tells the metrics.</summary>
    public void Close(HttpContext context)
    {
        observer.ObserveClosed(context);
        if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
    }

    /// <summary>What an operator may want to know of: see <see cref="ErrorSeverity"/>.</summary>
    private string? Capture(HttpContext context, ErrorAnswer answer, Exception? exception)
    {
        if (tracker is null || exception is null || answer.Descriptor.Severity < ErrorSeverity.Medium) return null;

        try
        {
            return tracker.Capture(exception, new ErrorContext(ErrorSource.Request)
            {
                Route = $"{context.Request.Method} {RequestRoute.Of(context)}",
                RequestId = context.TraceIdentifier,
                User = context.User.Identity?.Name,
            });
        }
        catch (Exception failure)
        {
            LogUntracked(failure);
            return null;
        }
    }

    private ReadOnlyMemory<byte> Body(HttpContext context, ErrorAnswer answer, string? errorId)
    {
        try
        {
            return body.Write(context, answer, errorId);
        }
        catch (Exception exception)
        {
            // Most likely a detail that cannot be written: the answer is worth more than its particulars.
            LogUnwritable(exception);
            return body.Write(context, new ErrorAnswer(answer.Descriptor, answer.Descriptor.Title + "."), errorId);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The details of an error could not be written; the answer went out without them")]
    private partial void LogUnwritable(Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "An error could not be handed to the error store")]
    private partial void LogUntracked(Exception exception);
}
