using System.Buffers;
using Rag.Observability.Logging.Lines;

namespace Rag.Observability.Logging.Sinks;

/// <summary>The standard output, one write for all lines that wait.</summary>
internal sealed class ConsoleSink(Stream output, bool isReadable) : ILogSink
{
    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024);

    public void Write(IReadOnlyList<LogLine> lines)
    {
        _buffer.ResetWrittenCount();
        foreach (var line in lines) _buffer.Write(isReadable ? line.Text.WrittenSpan : line.Json);
        output.Write(_buffer.WrittenSpan);
        output.Flush();
    }

    public void Dispose()
    {
        // The standard output belongs to the process.
    }
}
