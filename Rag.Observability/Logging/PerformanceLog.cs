using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rag.Observability.Logging;

/// <summary>How long operations took: category <c>performance</c>, at Debug, and a warning where it was too long.</summary>
public sealed partial class PerformanceLog(ILoggerFactory loggers, TimeProvider time, IOptions<LogOutputOptions> options)
{
    private readonly ILogger _logger = loggers.CreateLogger(LoggerNames.Performance);
    private readonly TimeSpan _slow = options.Value.SlowOperation;

    /// <summary>Times what happens until the result is disposed of, also when it fails.</summary>
    /// <param name="operation">What is being done, in few different words.</param>
    /// <param name="slow">From when on it is too long; by default <see cref="LogOutputOptions.SlowOperation"/>.</param>
    public PerformanceMeasurement Measure(string operation, TimeSpan? slow = null) => new(this, operation, slow ?? _slow, time, time.GetTimestamp());

    public void Completed(string operation, TimeSpan duration) => Completed(operation, duration, _slow);

    internal void Completed(string operation, TimeSpan duration, TimeSpan slow)
    {
        if (duration > slow) LogSlow(operation, duration.TotalSeconds, true, slow.TotalSeconds);
        else LogCompleted(operation, duration.TotalSeconds, false);
    }

    [LoggerMessage(1, LogLevel.Debug, "{Operation} took {DurationSeconds} s", EventName = "operation_completed")]
    private partial void LogCompleted(string operation, double durationSeconds, bool slowOperation);

    [LoggerMessage(2, LogLevel.Warning, "{Operation} took {DurationSeconds} s, more than {ThresholdSeconds} s", EventName = "operation_slow")]
    private partial void LogSlow(string operation, double durationSeconds, bool slowOperation, double thresholdSeconds);
}
