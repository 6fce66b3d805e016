using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>
/// Listens to ASP.NET Core's own start and stop events. They come with the <see cref="HttpContext"/>, which an ActivityListener does not get,
/// and around the whole pipeline, which a middleware is not.
/// </summary>
internal sealed class AspNetCoreInstrumentation : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string ListenerName = "Microsoft.AspNetCore";
    private const string RequestIn = "Microsoft.AspNetCore.Hosting.HttpRequestIn";
    private const string Start = RequestIn + ".Start";
    private const string Stop = RequestIn + ".Stop";

    private readonly HttpServerSpan _span;
    private readonly List<IDisposable> _subscriptions = [];
    private bool _disposed;

    public AspNetCoreInstrumentation(AspNetCoreTraceInstrumentationOptions options)
    {
        _span = new HttpServerSpan(options);
        Keep(DiagnosticListener.AllListeners.Subscribe(this));
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name != ListenerName) return;
        Keep(value.Subscribe(this, static (name, _, _) => name is RequestIn or Start or Stop));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not HttpContext context || Activity.Current is not { } activity) return;

        // Telemetry never fails a request, not even with a filter that throws.
        try
        {
            if (value.Key == Start) _span.OnStart(activity, context);
            else if (value.Key == Stop) _span.OnStop(activity, context);
        }
        catch (Exception exception)
        {
            activity.AddEvent(new ActivityEvent("instrumentation failed", tags: new() { ["exception.type"] = exception.GetType().FullName }));
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        lock (_subscriptions)
        {
            _disposed = true;
            foreach (var subscription in _subscriptions) subscription.Dispose();
            _subscriptions.Clear();
        }
    }

    private void Keep(IDisposable subscription)
    {
        lock (_subscriptions)
        {
            if (!_disposed)
            {
                _subscriptions.Add(subscription);
                return;
            }
        }

        subscription.Dispose();
    }
}
