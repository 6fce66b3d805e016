using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;

namespace Qdrant.Local.Json;

/// <summary>
/// A request's body, read whole and parsed. Everything in it is valid UTF-8 and every escape a whole character, so that reading its
/// strings cannot fail later.
/// </summary>
internal sealed class JsonBody : IDisposable
{
    /// <summary>Largest body in bytes, Qdrant's default.</summary>
    public const int Limit = 32 << 20;

    private readonly JsonDocument _document;
    private readonly byte[] _buffer;

    private JsonBody(JsonDocument document, byte[] buffer)
    {
        _document = document;
        _buffer = buffer;
    }

    public JsonElement Root => _document.RootElement;

    public static async Task<JsonBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType()) throw new QdrantException(StatusCodes.Status400BadRequest, "Content type error");
        if (request.ContentLength > Limit)
        {
            throw new QdrantException(
                StatusCodes.Status400BadRequest, $"JSON payload ({request.ContentLength} bytes) is larger than allowed (limit: {Limit} bytes).");
        }

        // A buffer whose reading was cut short is left to the collector: who owns it then is not worth knowing.
        var (buffer, length) = await FillAsync(request.Body, (int)Math.Max(4096, request.ContentLength + 1 ?? 0), cancellationToken);
        try
        {
            return new JsonBody(Parse(buffer.AsMemory(0, length)), buffer);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    public void Dispose()
    {
        _document.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private static async Task<(byte[] Buffer, int Length)> FillAsync(Stream body, int expected, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(expected);
        var length = 0;
        int read;
        while ((read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
        {
            length += read;
            if (length > Limit) throw new QdrantException(StatusCodes.Status400BadRequest, $"JSON payload has exceeded limit ({Limit} bytes).");
            if (length < buffer.Length) continue;
            var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        return (buffer, length);
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> text)
    {
        if (text.IsEmpty) throw QdrantException.Format("EOF while parsing a value at line 1 column 0");
        if (!Utf8.IsValid(text.Span)) throw QdrantException.Format("invalid unicode code point");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, PayloadJson.ReadOptions);
        }
        catch (JsonException e)
        {
            throw QdrantException.Format($"expected value at line {e.LineNumber + 1} column {e.BytePositionInLine + 1}", e);
        }

        if (text.Span.IndexOf("\\ud"u8) >= 0 || text.Span.IndexOf("\\uD"u8) >= 0) CheckEscapes(document);
        return document;
    }

    private static void CheckEscapes(JsonDocument document)
    {
        try
        {
            Visit(document.RootElement);
        }
        catch (InvalidOperationException e)
        {
            document.Dispose();
            throw QdrantException.Format("lone leading surrogate in hex escape", e);
        }
    }

    private static void Visit(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) _ = element.GetString();
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) Visit(item);
        }

        if (element.ValueKind != JsonValueKind.Object) return;
        foreach (var member in element.EnumerateObject())
        {
            _ = member.Name;
            Visit(member.Value);
        }
    }
}
