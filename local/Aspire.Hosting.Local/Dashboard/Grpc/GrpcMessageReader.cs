using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>Reads the messages of a gRPC stream: one flag byte (compressed or not), four bytes of length, the message.</summary>
internal sealed class GrpcMessageReader(PipeReader body, int maxMessageSize = GrpcMessageReader.DefaultMaxMessageSize)
{
    /// <summary>What gRPC servers accept unless told otherwise, in bytes.</summary>
    public const int DefaultMaxMessageSize = 4 * 1024 * 1024;

    public const int HeaderSize = 5;

    /// <summary>The next message, or null at the end of the stream.</summary>
    /// <exception cref="GrpcException">The message is too large, compressed, cut off or not of this type.</exception>
    public async ValueTask<T?> ReadAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            var rest = result.Buffer;
            var examined = rest.End;
            try
            {
                if (TryTakeMessage(ref rest, out var message))
                {
                    examined = rest.Start;
                    return parser.ParseFrom(message);
                }

                if (result.IsCompleted)
                {
                    return rest.IsEmpty ? null : throw new GrpcException(GrpcStatus.Internal, "The stream ended within a message.");
                }
            }
            catch (InvalidProtocolBufferException e)
            {
                throw new GrpcException(GrpcStatus.Internal, $"The message is not a {typeof(T).Name}: {e.Message}");
            }
            finally
            {
                body.AdvanceTo(rest.Start, examined);
            }
        }
    }

    private bool TryTakeMessage(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> message)
    {
        message = default;
        if (buffer.Length < HeaderSize)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderSize];
        buffer.Slice(0, HeaderSize).CopyTo(header);
        if (header[0] != 0)
        {
            throw new GrpcException(GrpcStatus.Unimplemented, "Compressed messages are not supported.");
        }

        // Judged by the announced length, before anything of that size is buffered.
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > maxMessageSize)
        {
            throw new GrpcException(GrpcStatus.ResourceExhausted, $"The message has {length} bytes; at most {maxMessageSize} are accepted.");
        }

        if (buffer.Length < HeaderSize + length)
        {
            return false;
        }

        message = buffer.Slice(HeaderSize, length);
        buffer = buffer.Slice(message.End);
        return true;
    }
}
