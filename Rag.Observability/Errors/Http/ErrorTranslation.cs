using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Polly;
using Rag.Observability.Resilience.Breaker;

namespace Rag.Observability.Errors.Http;

/// <summary>From any exception to its answer. What is not named here is a bug and becomes 500.</summary>
internal static class ErrorTranslation
{
    /// <summary>HResult of "no space left on device": ENOSPC as .NET reports it on Unix, and ERROR_DISK_FULL on Windows.</summary>
    private const int NoSpaceOnUnix = 28;
    private const int NoSpaceOnWindows = unchecked((int)0x80070070);

    public static ErrorAnswer Translate(Exception exception) => exception switch
    {
        ValidationException e => new ErrorAnswer(e.Descriptor, e.PublicMessage) { Fields = e.Errors, Details = e.Details },
        RagException e => new ErrorAnswer(e.Descriptor, e.PublicMessage)
        {
            Details = e.Details,
            RetryAfter = e.RetryAfter ?? BreakerWait(e) ?? e.Descriptor.RetryAfter,
        },
        BadHttpRequestException e => BindingErrors.Translate(e),
        PostgresException e => PostgresErrors.Translate(e),
        NpgsqlException => Of(ErrorCatalogue.Database, "The database does not answer."),
        ExecutionRejectedException or HttpRequestException or TimeoutException or OperationCanceledException => new ErrorAnswer(
            ErrorCatalogue.ServiceUnavailable, "Something that the service needs does not answer in time.")
        {
            RetryAfter = BreakerWait(exception) ?? ErrorCatalogue.ServiceUnavailable.RetryAfter,
        },
        IOException { HResult: NoSpaceOnUnix or NoSpaceOnWindows } => Of(ErrorCatalogue.StorageFull, "The storage is full."),
        AggregateException { InnerExceptions: [{ } only] } => Translate(only),
        _ => Of(ErrorCatalogue.Internal, "Something went wrong on our side. Report the request id."),
    };

    private static ErrorAnswer Of(ErrorDescriptor descriptor, string message) => new(descriptor, message);

    /// <summary>How long an open breaker, anywhere in the chain, stays open.</summary>
    private static TimeSpan? BreakerWait(Exception exception) =>
        BreakerRefusal.Find(exception)?.RetryAfter is { } wait && wait > TimeSpan.Zero ? wait : null;
}
