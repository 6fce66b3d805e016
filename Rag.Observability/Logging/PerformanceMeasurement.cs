namespace Rag.Observability.Logging;

/// <summary>A running measurement: its end logs the duration, by a clock that no change of the time of day disturbs.</summary>
public readonly struct PerformanceMeasurement : IDisposable
{
    private readonly PerformanceLog _log;
    private readonly string _operation;
    private readonly TimeSpan _slow;
    private readonly TimeProvider _time;
    private readonly long _started;

    internal PerformanceMeasurement(PerformanceLog log, string operation, TimeSpan slow, TimeProvider time, long started) =>
        (_log, _operation, _slow, _time, _started) = (log, operation, slow, time, started);

    public void Dispose() => _log.Completed(_operation, _time.GetElapsedTime(_started), _slow);
}
