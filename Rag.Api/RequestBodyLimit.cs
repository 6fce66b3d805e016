using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Rag.Api;

/// <summary>
/// Refuses bodies over the limit with 413. A body whose length is announced is read to its end first, up to the server's own limit:
/// a client that still sends when the connection closes sees a broken pipe instead of the answer.
/// </summary>
internal sealed class RequestBodyLimit(RequestDelegate next)
{
    /// <summary>Largest body that is accepted, in bytes.</summary>
    public const long MaxBytes = 16 * 1024 * 1024;

    /// <summary>Largest body that is read only to be thrown away; a longer one is refused unread.</summary>
    public const long MaxDiscardedBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan DiscardTimeout = TimeSpan.FromSeconds(10);

    public async Task InvokeAsync(HttpContext context)
    {
        var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (context.Request.ContentLength > MaxBytes)
        {
            if (limit is { IsReadOnly: false }) limit.MaxRequestBodySize = MaxDiscardedBytes;
            if (context.Request.ContentLength <= MaxDiscardedBytes) await DiscardBodyAsync(context);
            throw new BadHttpRequestException("The request body is too large.", StatusCodes.Status413PayloadTooLarge);
        }

        if (limit is { IsReadOnly: false }) limit.MaxRequestBodySize = MaxBytes;
        await next(context);
    }

    private static async Task DiscardBodyAsync(HttpContext context)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        timeout.CancelAfter(DiscardTimeout);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (await context.Request.Body.ReadAsync(buffer, timeout.Token) > 0)
            {
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Too slow: the answer goes out now, and whoever still sends may miss it.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
