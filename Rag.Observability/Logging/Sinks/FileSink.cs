using Rag.Observability.Logging.Lines;

namespace Rag.Observability.Logging.Sinks;

/// <summary>Every line to the day's application file, and errors to the error file as well, whatever the other's fate.</summary>
internal sealed class FileSink(IDisposable folder, DailyLogFile application, SizedLogFile errors) : ILogSink
{
    private readonly List<LogLine> _errors = [];

    public void Write(IReadOnlyList<LogLine> lines)
    {
        _errors.Clear();
        foreach (var line in lines)
        {
            if (line.Level >= Microsoft.Extensions.Logging.LogLevel.Error) _errors.Add(line);
        }

        try
        {
            application.Write(lines);
        }
        finally
        {
            if (_errors.Count > 0) errors.Write(_errors);
        }
    }

    public void Dispose()
    {
        application.Dispose();
        errors.Dispose();
        folder.Dispose();
    }
}
