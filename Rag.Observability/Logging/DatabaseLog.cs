using Microsoft.Extensions.Logging;

namespace Rag.Observability.Logging;

/// <summary>Database operations with their durations: category <c>database</c>, at Debug. A failure is reported by whoever answers for it; here only that and when it happened.</summary>
public sealed partial class DatabaseLog(ILoggerFactory loggers, TimeProvider time)
{
    private readonly ILogger _logger = loggers.CreateLogger(LoggerNames.Database);

    /// <summary>Runs an operation and logs its end, not its beginning to run.</summary>
    public async Task<T> RunAsync<T>(string operation, Func<CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var isCompleted = false;
        try
        {
            var result = await run(cancellationToken);
            isCompleted = true;
            return result;
        }
        finally
        {
            LogEnded(operation, isCompleted ? "completed" : "failed", time.GetElapsedTime(started).TotalSeconds);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "{Operation} {Outcome} after {DurationSeconds} s", EventName = "database_operation")]
    private partial void LogEnded(string operation, string outcome, double durationSeconds);
}
