using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Rag.Observability.Errors.Http;

/// <summary>The one place where an exception becomes an answer.</summary>
internal sealed class RagExceptionHandler(ErrorResponder responder) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // Whatever a cancelled call was wrapped into on its way here.
        if (httpContext.RequestAborted.IsCancellationRequested && IsCancellation(exception)) responder.Close(httpContext);
        else await responder.AnswerAsync(httpContext, ErrorTranslation.Translate(exception), exception);

        return true;
    }

    private static bool IsCancellation(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is OperationCanceledException or IOException) return true;
        }

        return false;
    }
}
