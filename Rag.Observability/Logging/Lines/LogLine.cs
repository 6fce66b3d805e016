using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Rag.Observability.Logging.Lines;

/// <summary>
/// One formatted line on its way to the sinks, in buffers that are used again: after the last sink has written it, it goes back to the pool.
/// Also the workplace of the thread that formats it.
/// </summary>
internal sealed class LogLine
{
    /// <summary>A buffer that one huge line made grow is not kept for small ones.</summary>
    private const int LargestKept = 32 * 1024;

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        // Text stays readable in any language; control characters and quotes are escaped all the same.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly LogLinePool _pool;
    private readonly ArrayBufferWriter<byte> _json = new(1024);
    private readonly ArrayBufferWriter<byte> _text = new(256);
    private int _holders;

    public LogLine(LogLinePool pool)
    {
        _pool = pool;
        Writer = new Utf8JsonWriter(_json, WriterOptions);
    }

    public LogLevel Level { get; private set; }

    public DateTimeOffset Time { get; private set; }

    public Utf8JsonWriter Writer { get; }

    /// <summary>Properties of the call, then those of the scopes, redacted.</summary>
    public LogFrame Frame { get; } = new();

    public ArrayBufferWriter<byte> Text => _text;

    /// <summary>JSON and a line feed, in UTF-8.</summary>
    public ReadOnlySpan<byte> Json => _json.WrittenSpan;

    public bool IsReusable => _json.Capacity <= LargestKept && _text.Capacity <= LargestKept;

    public void Begin(LogLevel level, DateTimeOffset time)
    {
        (Level, Time) = (level, time);
        _json.ResetWrittenCount();
        _text.ResetWrittenCount();
        Writer.Reset();
        Frame.Clear();
        _holders = 1;
    }

    public void EndJson()
    {
        Writer.Flush();
        _json.Write("\n"u8);
    }

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0) _pool.Return(this);
    }
}
