using Qdrant.Local.Errors;

namespace Qdrant.Local.Http;

/// <summary>Turns refusals into Qdrant's error bodies; anything unexpected into its 500.</summary>
internal sealed partial class QdrantExceptionMiddleware(RequestDelegate next, ILogger<QdrantExceptionMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (QdrantException e) when (!context.Response.HasStarted)
        {
            await Envelope.WriteErrorAsync(context, e.Status, e.Message);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await Envelope.WriteErrorAsync(context, e.StatusCode, $"Bad request: {e.Message}");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has left; there is nobody to answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            Log.Failed(logger, context.Request.Method, e);
            await Envelope.WriteErrorAsync(context, StatusCodes.Status500InternalServerError, $"Service internal error: {e.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Error, "A {Method} request failed")]
        public static partial void Failed(ILogger logger, string method, Exception error);
    }
}
