using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Rag.Observability;
using Rag.Observability.Errors;

namespace Rag.Core.Vectors;

/// <summary>One span and one duration per call to the vector store, by the database conventions.</summary>
internal sealed class VectorTelemetry : IDisposable
{
    private const string System = "qdrant";

    private readonly ActivitySource _source = new(TelemetryNames.Source);
    private readonly Histogram<double> _duration;

    public VectorTelemetry(IMeterFactory meters) =>
        _duration = meters.Create(TelemetryNames.Source).CreateHistogram<double>(
            TelemetryNames.Metrics.DbClientOperationDuration,
            "s",
            "Duration of vector store calls.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });

    public Activity? Start(string operation, string collection, int batchSize)
    {
        var activity = _source.StartActivity($"{operation} {collection}", ActivityKind.Client);
        if (activity is null) return null;

        activity.SetTag(TelemetryNames.Tags.DbSystemName, System);
        activity.SetTag(TelemetryNames.Tags.DbCollectionName, collection);
        activity.SetTag(TelemetryNames.Tags.DbOperationName, operation);
        if (batchSize > 1) activity.SetTag(TelemetryNames.Tags.DbOperationBatchSize, batchSize);
        return activity;
    }

    public void End(Activity? activity, string operation, string collection, long started, Exception? error)
    {
        var tags = new TagList
        {
            { TelemetryNames.Tags.DbSystemName, System },
            { TelemetryNames.Tags.DbOperationName, operation },
            { TelemetryNames.Tags.DbCollectionName, collection },
        };
        if (error is not null)
        {
            var type = ErrorType(error);
            tags.Add(TelemetryNames.Tags.ErrorType, type);
            activity?.SetTag(TelemetryNames.Tags.ErrorType, type);
            if (error is VectorDatabaseException { Status: { } status })
                activity?.SetTag(TelemetryNames.Tags.DbResponseStatusCode, status.ToString(CultureInfo.InvariantCulture));
            activity?.SetStatus(ActivityStatusCode.Error);
        }

        _duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
    }

    public void Dispose() => _source.Dispose();

    private static string ErrorType(Exception error) =>
        error is VectorDatabaseException { Status: { } status } ? status.ToString(CultureInfo.InvariantCulture) : (error.InnerException ?? error).GetType().Name;
}
