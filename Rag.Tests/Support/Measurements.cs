using System.Diagnostics.Metrics;

namespace Rag.Tests.Support;

/// <summary>What one instrument of one container measured, so that tests that run at the same time do not see each other.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<(double Value, Dictionary<string, object?> Tags)> _measured = [];

    public Measurements(IMeterFactory meters, string instrument)
    {
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Name == instrument && ReferenceEquals(published.Meter.Scope, meters)) listener.EnableMeasurementEvents(published);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Add(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, _) => Add(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, _) => Add(value, tags));
        _listener.Start();
    }

    public double Sum
    {
        get
        {
            lock (_measured) return _measured.Sum(m => m.Value);
        }
    }

    public IReadOnlyList<object?> Values(string tag)
    {
        lock (_measured) return [.. _measured.Select(m => m.Tags.GetValueOrDefault(tag))];
    }

    /// <summary>Asks the observable instruments and gives what they say now.</summary>
    public IReadOnlyList<int> Observe()
    {
        lock (_measured) _measured.Clear();
        _listener.RecordObservableInstruments();
        lock (_measured) return [.. _measured.Select(m => (int)m.Value)];
    }

    public void Dispose() => _listener.Dispose();

    private void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var copy = tags.ToArray().ToDictionary(StringComparer.Ordinal);
        lock (_measured) _measured.Add((value, copy));
    }
}
