using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Writes to consoles. A line starts with the timestamp that the dashboard recognises and can hide.</summary>
internal sealed class ResourceLogger(ImmutableArray<ResourceLog> logs, TimeProvider time) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var timestamp = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffK", CultureInfo.InvariantCulture);
        var text = exception is null ? formatter(state, null) : $"{formatter(state, exception)}\n{exception}";
        foreach (var log in logs)
        {
            foreach (var line in text.EnumerateLines())
            {
                log.Append($"{timestamp} {line}", logLevel >= LogLevel.Error);
            }
        }
    }
}
