using System.Diagnostics.Metrics;

namespace Rag.Observability.Logging;

/// <summary>Counts lines that reached no sink.</summary>
internal sealed class LogTelemetry
{
    public const string QueueFull = "queue_full";
    public const string SinkFailed = "sink_failed";
    public const string Unformatted = "unformatted";

    private readonly Counter<long> _dropped;
    private long _droppedLines;

    public LogTelemetry(IMeterFactory meters) =>
        _dropped = meters.Create(TelemetryNames.Source).CreateCounter<long>(TelemetryNames.Metrics.LogDropped, "{line}", "Log lines that could not be written, by reason.");

    public long DroppedLines => Interlocked.Read(ref _droppedLines);

    public void Dropped(string reason, int lines)
    {
        Interlocked.Add(ref _droppedLines, lines);
        _dropped.Add(lines, new KeyValuePair<string, object?>(TelemetryNames.Tags.LogDropReason, reason));
    }
}
