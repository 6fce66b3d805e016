namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>The gRPC status codes that this server answers with. The numbers are the protocol's.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}
