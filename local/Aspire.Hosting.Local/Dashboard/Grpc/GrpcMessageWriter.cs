using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>Writes the messages of a gRPC stream, uncompressed. One caller at a time.</summary>
internal sealed class GrpcMessageWriter(PipeWriter body)
{
    /// <summary>Sends a message; returns when the transport has room for the next.</summary>
    public async ValueTask WriteAsync(IMessage message, CancellationToken cancellationToken)
    {
        WriteHeader(message.CalculateSize());
        message.WriteTo(body);
        await body.FlushAsync(cancellationToken);
    }

    private void WriteHeader(int size)
    {
        var header = body.GetSpan(GrpcMessageReader.HeaderSize);
        header[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)size);
        body.Advance(GrpcMessageReader.HeaderSize);
    }
}
