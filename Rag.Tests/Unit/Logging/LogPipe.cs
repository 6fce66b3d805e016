using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rag.Observability.Logging;
using Rag.Observability.Logging.Lines;
using Rag.Observability.Logging.Sinks;
using Rag.Observability.Redaction;

namespace Rag.Tests.Unit.Logging;

/// <summary>Loggers whose lines end up in memory: the whole way but the disk.</summary>
internal sealed class LogPipe : IDisposable
{
    private readonly RagLoggerProvider _provider;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public LogPipe(TimeProvider? time = null, bool isReadable = false, ILogSink? sink = null, int capacity = 1024, LogLevel minimum = LogLevel.Trace)
    {
        Telemetry = new LogTelemetry(_services.GetRequiredService<IMeterFactory>());
        var redactor = new Redactor();
        _provider = new RagLoggerProvider(
            LogSource.Of("rag-test", "1.2.3", "Testing"), redactor, time ?? TimeProvider.System, Telemetry, isReadable,
            new LogQueue("test", sink ?? new MemorySink(_lines, _texts), capacity, Telemetry));
        Factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(minimum).AddProvider(_provider));
    }

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<string> _texts = new();

    public ILoggerFactory Factory { get; }

    public LogTelemetry Telemetry { get; }

    public ILogger Logger => Factory.CreateLogger("Test");

    public bool Flush() => _provider.Flush(TimeSpan.FromSeconds(10));

    public List<string> Lines()
    {
        Assert.True(Flush());
        return [.. _lines];
    }

    public string Text()
    {
        Assert.True(Flush());
        return string.Concat(_texts);
    }

    /// <summary>The only line.</summary>
    public JsonElement Line() => JsonDocument.Parse(Assert.Single(Lines())).RootElement;

    public void Dispose()
    {
        Factory.Dispose();
        _provider.Dispose();
        _services.Dispose();
    }

    private sealed class MemorySink(ConcurrentQueue<string> lines, ConcurrentQueue<string> texts) : ILogSink
    {
        public void Write(IReadOnlyList<LogLine> batch)
        {
            foreach (var line in batch)
            {
                lines.Enqueue(Encoding.UTF8.GetString(line.Json));
                texts.Enqueue(Encoding.UTF8.GetString(line.Text.WrittenSpan));
            }
        }

        public void Dispose()
        {
        }
    }
}
