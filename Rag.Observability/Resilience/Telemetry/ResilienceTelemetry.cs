using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Telemetry;
using Polly.Timeout;

namespace Rag.Observability.Resilience.Telemetry;

/// <summary>
/// What happens inside the pipelines, as counts (<c>rag.resilience.events</c>), durations of attempts and of whole calls, and events on the current span.
/// Breaker transitions are logged too; attempts are not, because the failure they end in is logged at the boundary.
/// </summary>
internal sealed partial class ResilienceTelemetry : TelemetryListener
{
    private readonly Counter<long> _events;
    private readonly Histogram<double> _attempts;
    private readonly Histogram<double> _calls;
    private readonly ILogger<ResilienceTelemetry> _logger;

    public ResilienceTelemetry(IMeterFactory meters, ILogger<ResilienceTelemetry> logger)
    {
        _logger = logger;
        var meter = meters.Create(TelemetryNames.Source);
        _events = meter.CreateCounter<long>(TelemetryNames.Metrics.ResilienceEvents, "{event}", "Retries, timeouts, refusals and breaker transitions.");
        _attempts = meter.CreateHistogram<double>(TelemetryNames.Metrics.ResilienceAttemptDuration, "s", "Duration of single attempts.");
        _calls = meter.CreateHistogram<double>(TelemetryNames.Metrics.ResilienceCallDuration, "s", "Duration of calls with all their attempts and waits.");
    }

    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        // Telemetry never fails a call: not with a listener that throws, nor with a log whose disk is full.
        try
        {
            Observe(args);
        }
        catch (Exception exception)
        {
            Activity.Current?.SetTag(TelemetryNames.Tags.ObservationFailed, exception.GetType().FullName);
        }
    }

    private void Observe<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        var dependency = new KeyValuePair<string, object?>(TelemetryNames.Tags.Dependency, args.Source.PipelineName);
        switch (args.Arguments)
        {
            case PipelineExecutingArguments:
                break;
            case PipelineExecutedArguments executed:
                _calls.Record(executed.Duration.TotalSeconds, dependency, Outcome(IsFailure(args.Outcome)));
                break;
            case ExecutionAttemptArguments attempt:
                _attempts.Record(attempt.Duration.TotalSeconds, dependency, Outcome(attempt.Handled));
                break;
            default:
                _events.Add(1, dependency, new(TelemetryNames.Tags.ResilienceEvent, Name(args.Event.EventName)));
                Trace(args.Arguments, args.Event.EventName, args.Source.PipelineName);
                Log(args.Event.EventName, args.Source.PipelineName);
                break;
        }
    }

    private static void Trace<TArgs>(TArgs args, string eventName, string? dependency)
    {
        if (Activity.Current is not { IsAllDataRequested: true } span) return;

        var tags = new ActivityTagsCollection { { TelemetryNames.Tags.Dependency, dependency } };
        switch (args)
        {
            case OnRetryArguments<HttpResponseMessage> http:
                Add(tags, http.AttemptNumber, http.RetryDelay, http.Outcome.Exception, http.Outcome.Result);
                break;
            case OnRetryArguments<object> any:
                Add(tags, any.AttemptNumber, any.RetryDelay, any.Outcome.Exception, response: null);
                break;
            case OnTimeoutArguments timeout:
                tags.Add("timeout_seconds", timeout.Timeout.TotalSeconds);
                break;
        }

        span.AddEvent(new ActivityEvent(Name(eventName), tags: tags));
    }

    private static void Add(ActivityTagsCollection tags, int attempt, TimeSpan delay, Exception? exception, HttpResponseMessage? response)
    {
        tags.Add("attempt", attempt + 1);
        tags.Add("delay_seconds", delay.TotalSeconds);
        tags.Add(TelemetryNames.Tags.ErrorType, exception?.GetType().FullName ?? response?.StatusCode.ToString());
    }

    private void Log(string eventName, string? dependency)
    {
        switch (eventName)
        {
            case "OnCircuitOpened":
                LogOpened(dependency);
                break;
            case "OnCircuitClosed":
                LogClosed(dependency);
                break;
        }
    }

    private static bool IsFailure<TResult>(Outcome<TResult>? outcome) =>
        outcome is { } known && (known.Exception is not null || (known.Result is HttpResponseMessage response && (int)response.StatusCode >= 500));

    private static KeyValuePair<string, object?> Outcome(bool failed) => new(TelemetryNames.Tags.Outcome, failed ? "failure" : "success");

    /// <summary>The words for Polly's event names; a closed set, so that the label stays small.</summary>
    private static string Name(string eventName) => eventName switch
    {
        "OnRetry" => "retry",
        "OnTimeout" => "timeout",
        "OnCircuitOpened" => "breaker_opened",
        "OnCircuitHalfOpened" => "breaker_half_opened",
        "OnCircuitClosed" => "breaker_closed",
        "OnRateLimiterRejected" => "bulkhead_rejected",
        _ => "other",
    };

    [LoggerMessage(1, LogLevel.Warning, "Circuit breaker of {Dependency} opened")]
    private partial void LogOpened(string? dependency);

    [LoggerMessage(2, LogLevel.Information, "Circuit breaker of {Dependency} closed")]
    private partial void LogClosed(string? dependency);
}
