using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rag.Observability.Logging.Lines;
using Rag.Observability.Logging.Sinks;
using Rag.Observability.Redaction;

namespace Rag.Observability.Logging;

/// <summary>
/// Formats each line once, redacted, on the caller's thread, and hands it to the sinks' queues. Nothing in it blocks, throws or waits for a disk.
/// </summary>
[ProviderAlias("Rag")]
internal sealed class RagLoggerProvider : ILoggerProvider, ISupportExternalScope
{
    private const string Unformatted = Redactor.Withheld + " The line could not be formatted.";

    private readonly LogLinePool _pool = new();
    private readonly PropertyNames _names;
    private readonly Redactor _redactor;
    private readonly TimeProvider _time;
    private readonly JsonLogFormatter _json;
    private readonly ReadableLogFormatter? _readable;
    private readonly LogQueue[] _queues;
    private readonly LogTelemetry _telemetry;

    public RagLoggerProvider(LogSource source, Redactor redactor, TimeProvider time, LogTelemetry telemetry, bool isReadable, params LogQueue[] queues)
    {
        _redactor = redactor;
        _time = time;
        _telemetry = telemetry;
        _names = new PropertyNames(redactor);
        _json = new JsonLogFormatter(source, redactor, new CallSites());
        _readable = isReadable ? new ReadableLogFormatter(redactor) : null;
        _queues = queues;
        Scopes = new RedactingScopes(redactor);
        AppDomain.CurrentDomain.UnhandledException += FlushBeforeEnd;
    }

    public IExternalScopeProvider Scopes { get; private set; }

    public ILogger CreateLogger(string categoryName) => new RagLogger(categoryName, this);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) =>
        Scopes = scopeProvider as RedactingScopes ?? new RedactingScopes(_redactor, scopeProvider);

    /// <summary>Writes what is queued and closes the files, within a bounded time.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= FlushBeforeEnd;
        foreach (var queue in _queues) queue.Dispose();
    }

    /// <summary>Waits until everything that was logged before the call is written, or the time is over.</summary>
    internal bool Flush(TimeSpan limit) => Array.TrueForAll(_queues, queue => queue.Flush(limit));

    internal void CountLost() => _telemetry.Dropped(LogTelemetry.Unformatted, 1);

    internal void Write<TState>(
        JsonEncodedText logger, LogCategory category, LogLevel level, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = _pool.Rent();
        line.Begin(level, _time.GetUtcNow());
        try
        {
            Format(line, logger, category, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // The line's parts are code of others: a property, an exception's text, a format. That something happened is kept, what it was is not.
            line.Begin(level, line.Time);
            _json.Write(line, logger, category, eventId, Unformatted, exception: null);
            _readable?.Write(line, logger, category, Unformatted, exception: null);
        }

        foreach (var queue in _queues)
        {
            line.Hold();
            queue.Enqueue(line);
        }

        line.Release();
    }

    private void Format<TState>(
        LogLine line, JsonEncodedText logger, LogCategory category, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var frame = line.Frame;
        Scopes.ForEachScope(static (scope, target) => target.Frame.AddScope(scope, target.Names), (Frame: frame, Names: _names));
        if (state is IReadOnlyList<KeyValuePair<string, object?>> pairs) frame.AddCall(pairs, _names, _redactor);
        else if (state is IEnumerable<KeyValuePair<string, object?>> others) frame.AddCall([.. others], _names, _redactor);
        frame.Close();

        var message = frame.IsRewritten ? MessageTemplate.Render(frame.Call) : formatter(state, exception);
        message = message is null ? Redactor.Withheld : _redactor.Redact(message);
        _json.Write(line, logger, category, eventId, message, exception);
        _readable?.Write(line, logger, category, message, exception);
    }

    private void FlushBeforeEnd(object sender, UnhandledExceptionEventArgs e)
    {
        if (e.IsTerminating) Flush(TimeSpan.FromSeconds(1));
    }
}
