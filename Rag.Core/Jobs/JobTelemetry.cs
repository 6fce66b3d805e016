using System.Diagnostics;
using System.Diagnostics.Metrics;
using Rag.Observability;

namespace Rag.Core.Jobs;

/// <summary>Spans and metrics of the queue. The worker's spans continue the trace of whoever enqueued the job.</summary>
internal sealed class JobTelemetry : IDisposable
{
    private readonly ActivitySource _source = new(TelemetryNames.Source);
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _run;
    private readonly Counter<long> _rescues;
    private readonly Counter<long> _deadLetters;
    private volatile QueueSize[] _sizes = [];

    public JobTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryNames.Source);
        var buckets = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] };
        _wait = meter.CreateHistogram(TelemetryNames.Metrics.QueueWaitDuration, "s", "Time from the moment a job could run to its claim.", advice: buckets);
        _run = meter.CreateHistogram(TelemetryNames.Metrics.QueueRunDuration, "s", "Duration of one run of a job.", advice: buckets);
        _rescues = meter.CreateCounter<long>(TelemetryNames.Metrics.QueueRescues, "{job}", "Jobs taken from workers that fell silent.");
        _deadLetters = meter.CreateCounter<long>(TelemetryNames.Metrics.QueueDeadLetters, "{job}", "Jobs that became dead letters.");
        meter.CreateObservableGauge(TelemetryNames.Metrics.QueueSize, () => _sizes.Select(size => size.Measure()), "{job}", "Jobs by kind and state.");
        meter.CreateObservableGauge(TelemetryNames.Metrics.QueueLag, () => _sizes.Where(size => size.IsQueued).Select(size => size.MeasureLag()), "s", "Age of the oldest job that could run.");
    }

    public Activity? StartEnqueue(string kind, int count)
    {
        var activity = _source.StartActivity($"enqueue {kind}", ActivityKind.Producer);
        activity?.SetTag(TelemetryNames.Tags.JobKind, kind);
        if (count > 1) activity?.SetTag(TelemetryNames.Tags.JobBatchSize, count);
        return activity;
    }

    public Activity? StartRun(JobLease lease)
    {
        _wait.Record(lease.Wait.TotalSeconds, new KeyValuePair<string, object?>(TelemetryNames.Tags.JobKind, lease.Kind));
        var activity = _source.StartActivity($"process {lease.Kind}", ActivityKind.Consumer, lease.Trace);
        if (activity is null) return null;

        activity.SetTag(TelemetryNames.Tags.JobKind, lease.Kind);
        activity.SetTag(TelemetryNames.Tags.JobId, lease.Id);
        activity.SetTag(TelemetryNames.Tags.JobAttempt, lease.Attempt);
        if (lease.RequestId is not null) activity.SetTag(TelemetryNames.Tags.RequestId, lease.RequestId);
        return activity;
    }

    public void EndRun(string kind, string outcome, TimeSpan duration) =>
        _run.Record(
            duration.TotalSeconds,
            new KeyValuePair<string, object?>(TelemetryNames.Tags.JobKind, kind),
            new KeyValuePair<string, object?>(TelemetryNames.Tags.JobOutcome, outcome));

    public void CountRescue(string kind) => _rescues.Add(1, new KeyValuePair<string, object?>(TelemetryNames.Tags.JobKind, kind));

    public void CountDeadLetter(string kind) => _deadLetters.Add(1, new KeyValuePair<string, object?>(TelemetryNames.Tags.JobKind, kind));

    /// <summary>Every worker reports the whole queue: dashboards take the maximum over the workers, not the sum. What was seen once stays, as zero.</summary>
    public void Report(IReadOnlyCollection<QueueSize> sizes) =>
        _sizes = [.. sizes, .. _sizes.Where(seen => !sizes.Any(size => size.Kind == seen.Kind && size.State == seen.State)).Select(seen => seen with { Count = 0, LagSeconds = 0 })];

    public void Forget() => _sizes = [];

    public void Dispose() => _source.Dispose();
}
