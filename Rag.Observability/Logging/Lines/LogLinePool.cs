using System.Collections.Concurrent;

namespace Rag.Observability.Logging.Lines;

/// <summary>Lines that wait to be used again.</summary>
internal sealed class LogLinePool
{
    private const int Most = 1024;

    private readonly ConcurrentQueue<LogLine> _lines = new();
    private int _count;

    public LogLine Rent()
    {
        if (!_lines.TryDequeue(out var line)) return new LogLine(this);
        Interlocked.Decrement(ref _count);
        return line;
    }

    public void Return(LogLine line)
    {
        line.Frame.Clear();
        if (!line.IsReusable || Volatile.Read(ref _count) >= Most) return;
        Interlocked.Increment(ref _count);
        _lines.Enqueue(line);
    }
}
