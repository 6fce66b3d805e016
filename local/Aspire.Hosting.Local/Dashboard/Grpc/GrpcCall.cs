using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>One call: its request stream, its response stream, and the token that ends it.</summary>
internal sealed class GrpcCall(HttpContext context, CancellationToken cancelled)
{
    private readonly GrpcMessageReader _requests = new(context.Request.BodyReader);
    private readonly GrpcMessageWriter _responses = new(context.Response.BodyWriter);

    /// <summary>Cancelled when the client leaves, the call's deadline passes or the host stops.</summary>
    public CancellationToken Cancelled { get; } = cancelled;

    /// <summary>The one message of a request that is not a stream.</summary>
    public async Task<T> ReadRequestAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T> =>
        await _requests.ReadAsync(parser, Cancelled) ?? throw new GrpcException(GrpcStatus.Internal, $"The request holds no {typeof(T).Name}.");

    public ValueTask WriteAsync(IMessage message) => _responses.WriteAsync(message, Cancelled);

    /// <summary>Sends the response headers now: a client that opens a stream waits for them.</summary>
    public async Task SendHeadersAsync() => await context.Response.BodyWriter.FlushAsync(Cancelled);

    /// <summary>Reads and forgets what the client sends, until it has nothing more to say.</summary>
    public async Task DrainRequestAsync()
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var result = await body.ReadAsync(Cancelled);
            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }
}
