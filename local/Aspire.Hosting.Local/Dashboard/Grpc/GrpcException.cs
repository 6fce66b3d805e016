namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>Ends a call with a status and a message that the client may read.</summary>
internal sealed class GrpcException(GrpcStatus status, string message) : Exception(message)
{
    public GrpcStatus Status { get; } = status;
}
