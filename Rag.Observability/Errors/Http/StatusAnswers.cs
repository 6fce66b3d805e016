using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Rag.Observability.Errors.Http;

/// <summary>
/// Gives a body to errors that the framework answers by status alone (no route, wrong method, wrong content type, body too large, rate limit),
/// and closes the connection when a failure comes after the answer has begun, so that nobody takes half an answer for a whole one.
/// </summary>
internal sealed class StatusAnswers(RequestDelegate next, ErrorResponder responder)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested) responder.Close(context);
            else await responder.AnswerAsync(context, ErrorTranslation.Translate(exception), exception);
            context.Abort();
            return;
        }

        var response = context.Response;
        if (response.StatusCode < 400 || response.HasStarted || response.ContentLength > 0 || !string.IsNullOrEmpty(response.ContentType)) return;

        if (response.StatusCode == StatusCodes.Status499ClientClosedRequest) return;
        await responder.AnswerAsync(context, ErrorAnswer.ForStatus(response.StatusCode), Unexplained(response.StatusCode));
    }

    /// <summary>A failure of ours is an error to be found again, also where the framework has swallowed its exception, as for a request that took too long.</summary>
    private static ServiceUnavailableException? Unexplained(int status) =>
        status < 500 ? null : new ServiceUnavailableException(string.Create(CultureInfo.InvariantCulture, $"The request was answered with {status} and no exception."));
}
