using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Rag.Core.Vectors;

/// <summary>
/// A request body that is written straight to the connection, anew for each attempt. A batch of vectors is over a megabyte of JSON: no buffer holds it,
/// and no float becomes a string.
/// </summary>
internal sealed class JsonStreamContent : HttpContent
{
    private readonly Func<Utf8JsonWriter, CancellationToken, Task> _write;

    public JsonStreamContent(Func<Utf8JsonWriter, CancellationToken, Task> write)
    {
        _write = write;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    public JsonStreamContent(Action<Utf8JsonWriter> write)
        : this((writer, _) =>
        {
            write(writer);
            return Task.CompletedTask;
        })
    {
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var writer = new Utf8JsonWriter(stream);
        await _write(writer, cancellationToken);
        await writer.FlushAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
