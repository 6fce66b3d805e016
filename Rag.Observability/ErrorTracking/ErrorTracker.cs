using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace Rag.Observability.ErrorTracking;

/// <summary>
/// Takes errors from wherever they come to light. Capturing costs microseconds and never waits or throws: the work is done by another thread,
/// and when that cannot keep up, errors are dropped and counted.
/// </summary>
public sealed class ErrorTracker
{
    private readonly Channel<CapturedError> _captured;
    private readonly Counter<long> _dropped;
    private readonly TimeProvider _time;
    private readonly Random _random;

    public ErrorTracker(IOptions<ErrorTrackingOptions> options, IMeterFactory meters, TimeProvider time, Random random)
    {
        (_time, _random) = (time, random);
        _dropped = meters.Create(TelemetryNames.Source).CreateCounter<long>(
            TelemetryNames.Metrics.ErrorsDropped, "{error}", "Errors that were answered and logged, but not stored.");
        _captured = Channel.CreateBounded<CapturedError>(new BoundedChannelOptions(options.Value.Capacity) { FullMode = BoundedChannelFullMode.Wait });
    }

    internal ChannelReader<CapturedError> Captured => _captured.Reader;

    /// <summary>Hands an error over to be stored.</summary>
    /// <returns>The id under which it, or the group that it was counted in, is found at the monitor's <c>/errors/{id}</c>.</returns>
    public string Capture(Exception exception, ErrorContext context)
    {
        var traced = Activity.Current is { } activity ? Traced(context, activity) : context;
        var id = ErrorId.Of(exception, traced, _random);
        if (!_captured.Writer.TryWrite(new CapturedError(id, _time.GetUtcNow(), exception, traced))) Drop(1);
        return id.ToString();
    }

    internal void Drop(long count) => _dropped.Add(count);

    private static ErrorContext Traced(ErrorContext context, Activity activity) =>
        context.TraceId is not null && context.RequestId is not null
            ? context
            : context with { TraceId = context.TraceId ?? activity.TraceId.ToHexString(), RequestId = context.RequestId ?? RequestOf(activity) };

    /// <summary>Who captures deep inside of a request does not know its id, but a span around it does.</summary>
    private static string? RequestOf(Activity activity)
    {
        for (var span = activity; span is not null; span = span.Parent)
        {
            if (span.GetTagItem(TelemetryNames.Tags.RequestId) is string id) return id;
        }

        return null;
    }
}
