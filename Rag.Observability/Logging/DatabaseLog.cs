using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rag.Observability.Logging;

/// <summary>
/// Database operations with their durations: category <c>database</c>, at Debug, and a warning where it was too long. A failure is reported by whoever answers for it; here only that and
/// when it happened.
/// </summary>
public sealed partial class DatabaseLog(ILoggerFactory loggers, TimeProvider time, IOptions<LogOutputOptions> options)
{
    private readonly ILogger _logger = loggers.CreateLogger(LoggerNames.Database);
    private readonly TimeSpan _slow = options.Value.SlowDatabaseCall;

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
            Ended(operation, isCompleted ? "completed" : "failed", time.GetElapsedTime(started));
        }
    }

    private void Ended(string operation, string outcome, TimeSpan duration)
    {
        if (duration > _slow) LogSlow(operation, outcome, duration.TotalSeconds, _slow.TotalSeconds);
        else LogEnded(operation, outcome, duration.TotalSeconds);
    }

    [LoggerMessage(2, LogLevel.Warning, "{Operation} {Outcome} after {DurationSeconds} s, more than {ThresholdSeconds} s", EventName = "database_operation_slow")]
    private partial void LogSlow(string operation, string outcome, double durationSeconds, double thresholdSeconds);

    [LoggerMessage(1, LogLevel.Debug, "{Operation} {Outcome} after {DurationSeconds} s", EventName = "database_operation")]
    private partial void LogEnded(string operation, string outcome, double durationSeconds);
}
