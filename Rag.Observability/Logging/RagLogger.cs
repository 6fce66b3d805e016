using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rag.Observability.Logging.Lines;

namespace Rag.Observability.Logging;

/// <summary>One logger's way to the sinks. Whatever goes wrong on it, the caller does not notice.</summary>
internal sealed class RagLogger(string name, RagLoggerProvider provider) : ILogger
{
    private readonly LogCategory _category = LogCategories.Of(name);
    private readonly JsonEncodedText _name = JsonEncodedText.Encode(name);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => provider.Scopes.Push(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        try
        {
            provider.Write(_name, _category, logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            provider.CountLost();
        }
    }
}
