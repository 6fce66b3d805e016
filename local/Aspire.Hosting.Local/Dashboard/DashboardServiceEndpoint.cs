using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.Dashboard.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>From an HTTP/2 request to a gRPC call and its status: who may call, until when, and how it ended.</summary>
/// <param name="service">Answers the calls.</param>
/// <param name="apiKey">What a caller must know.</param>
/// <param name="time">Measures deadlines.</param>
/// <param name="logger">Hears of failures that are not the caller's.</param>
/// <param name="stopping">Ends every call when the host stops.</param>
internal sealed partial class DashboardServiceEndpoint(
    DashboardService service, string apiKey, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    public const string ApiKeyHeader = "x-resource-service-api-key";
    private const string Path = "/aspire.v1.DashboardService";
    private readonly byte[] _apiKey = Encoding.UTF8.GetBytes(apiKey);

    public async Task InvokeAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (!HttpMethods.IsPost(request.Method) || request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true)
        {
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        response.ContentType = "application/grpc";
        var (status, message) = await CallAsync(context);
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        response.AppendTrailer("grpc-status", ((int)status).ToString(CultureInfo.InvariantCulture));
        if (message is not null)
        {
            response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
        }
    }

    private async Task<(GrpcStatus Status, string? Message)> CallAsync(HttpContext context)
    {
        using var deadline = Deadline(context.Request);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping, deadline?.Token ?? CancellationToken.None);
        try
        {
            RequireApiKey(context.Request);
            var method = context.Request.Path.StartsWithSegments(Path, StringComparison.Ordinal, out var rest) ? rest.Value!.TrimStart('/') : context.Request.Path.Value!;
            await service.InvokeAsync(method, new GrpcCall(context, cancelled.Token));
            return (GrpcStatus.Ok, null);
        }
        catch (GrpcException e)
        {
            return (e.Status, e.Message);
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && cancelled.IsCancellationRequested))
        {
            // An I/O error is the connection's: what a command throws ends in the command's result.
            return deadline?.IsCancellationRequested == true ? (GrpcStatus.DeadlineExceeded, "The call's deadline has passed.")
                : (GrpcStatus.Unavailable, "The application is stopping.");
        }
        catch (Exception e)
        {
            LogFailed(logger, e, context.Request.Path);
            return (GrpcStatus.Internal, "The AppHost failed to answer; its log says why.");
        }
    }

    private void RequireApiKey(HttpRequest request)
    {
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers[ApiKeyHeader].ToString()), _apiKey))
        {
            throw new GrpcException(GrpcStatus.Unauthenticated, $"The header {ApiKeyHeader} does not hold the key of this application's resource service.");
        }
    }

    /// <summary>A deadline that no timer can hold is none.</summary>
    private CancellationTokenSource? Deadline(HttpRequest request) =>
        GrpcTimeout.TryParse(request.Headers["grpc-timeout"], out var timeout) && timeout < TimeSpan.FromMilliseconds(int.MaxValue)
            ? new CancellationTokenSource(timeout, time)
            : null;

    [LoggerMessage(Level = LogLevel.Error, Message = "The dashboard's call {Path} failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string path);
}
