using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Rag.Observability;
using Rag.Observability.Logging;

namespace Rag.Core.Search;

/// <summary>One span, one count and one duration per search, and a line when it was slow.</summary>
internal sealed class SearchTelemetry : IDisposable
{
    private readonly ActivitySource _source = new(TelemetryNames.Source);
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;

    private readonly ContentCapture _content;
    private readonly PerformanceLog _performance;

    public SearchTelemetry(IMeterFactory meters, ContentCapture content, PerformanceLog performance)
    {
        (_content, _performance) = (content, performance);
        var meter = meters.Create(TelemetryNames.Source);
        _requests = meter.CreateCounter<long>(TelemetryNames.Metrics.SearchRequests, "{request}", "Searches.");
        _duration = meter.CreateHistogram<double>(
            TelemetryNames.Metrics.SearchDuration,
            "s",
            "Duration of searches.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
    }

    public static string Name(SearchType type) => type switch
    {
        SearchType.Hybrid => "hybrid",
        SearchType.Semantic => "semantic",
        _ => "keyword",
    };

    public Activity? Start(SearchRequest request, string collection)
    {
        _requests.Add(
            1,
            new KeyValuePair<string, object?>(TelemetryNames.Tags.MetricSearchType, Name(request.Type)),
            new KeyValuePair<string, object?>(TelemetryNames.Tags.MetricUserType, request.UserType));
        var activity = _source.StartActivity($"retrieval {collection}", ActivityKind.Client);
        activity?.SetTag(TelemetryNames.Tags.GenAiOperationName, "retrieval");
        activity?.SetTag(TelemetryNames.Tags.GenAiDataSourceId, collection);
        activity?.SetTag(TelemetryNames.Tags.GenAiRetrievalTopK, request.TopK);
        activity?.SetTag(TelemetryNames.Tags.SearchType, Name(request.Type));
        if (_content.IsOn) activity?.SetTag(TelemetryNames.Tags.GenAiRetrievalQueryText, request.Query);
        return activity;
    }

    public void Found(Activity? activity, SearchResponse response)
    {
        Took(response.Type, response.Took);
        if (activity is null) return;
        activity.SetTag(TelemetryNames.Tags.SearchResults, response.Results.Count);
        activity.SetTag(TelemetryNames.Tags.Degraded, response.IsDegraded);
        if (response.DegradedReason is { } reason) activity.SetTag(TelemetryNames.Tags.DegradedReason, reason);
        if (_content.IsOn)
        {
            activity.SetTag(
                TelemetryNames.Tags.GenAiRetrievalDocuments,
                JsonSerializer.Serialize(response.Results.Select(result => new { id = result.DocumentId, score = result.Score })));
        }
    }

    public void Failed(Activity? activity, SearchType type, TimeSpan took, Exception error)
    {
        Took(type, took);
        activity?.SetTag(TelemetryNames.Tags.ErrorType, error.GetType().Name);
        activity?.SetStatus(ActivityStatusCode.Error);
    }

    public void Dispose() => _source.Dispose();

    private void Took(SearchType type, TimeSpan duration)
    {
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(TelemetryNames.Tags.MetricSearchType, Name(type)));
        _performance.Completed("search", duration);
    }
}
