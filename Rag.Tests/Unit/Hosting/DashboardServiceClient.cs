using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Aspire.Hosting.Dashboard.Grpc;
using Google.Protobuf;

namespace Rag.Tests.Unit.Hosting;

/// <summary>Calls the resource service as the dashboard does: HTTP/2 without TLS, one POST for each call.</summary>
internal sealed class DashboardServiceClient(Uri address, string? apiKey) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler()) { BaseAddress = address };

    /// <summary>Opens a call; returns when the response's headers are here.</summary>
    public async Task<DashboardCall> CallAsync(string method, HttpContent content, CancellationToken cancellationToken, string? timeout = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/aspire.v1.DashboardService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType ??= new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.ParseAdd("trailers");
        if (apiKey is not null)
        {
            request.Headers.TryAddWithoutValidation("x-resource-service-api-key", apiKey);
        }

        if (timeout is not null)
        {
            request.Headers.Add("grpc-timeout", timeout);
        }

        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return new DashboardCall(response, PipeReader.Create(await response.Content.ReadAsStreamAsync(cancellationToken)));
    }

    public async Task<DashboardCall> CallAsync(string method, IMessage request, CancellationToken cancellationToken, string? timeout = null)
    {
        var body = new MemoryStream();
        await new GrpcMessageWriter(PipeWriter.Create(body)).WriteAsync(request, cancellationToken);
        return await CallAsync(method, new ByteArrayContent(body.ToArray()), cancellationToken, timeout);
    }

    public void Dispose() => _client.Dispose();
}

internal sealed class DashboardCall(HttpResponseMessage response, PipeReader body) : IDisposable
{
    private readonly GrpcMessageReader _reader = new(body);

    public HttpResponseMessage Response => response;

    public ValueTask<T?> ReadAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T> => _reader.ReadAsync(parser, cancellationToken);

    /// <summary>Reads to the end and returns the trailers.</summary>
    public async Task<(GrpcStatus Status, string Message)> EndAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                var message = response.TrailingHeaders.TryGetValues("grpc-message", out var values) ? Uri.UnescapeDataString(values.Single()) : "";
                return ((GrpcStatus)int.Parse(response.TrailingHeaders.GetValues("grpc-status").Single()), message);
            }
        }
    }

    public void Dispose() => response.Dispose();
}

/// <summary>A request body that ends when told to.</summary>
internal sealed class OpenRequest : HttpContent
{
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Complete() => _complete.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync();
        await _complete.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
