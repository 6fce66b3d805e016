using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Rag.Core.Embeddings;
using Rag.Observability;
using Rag.Observability.Errors;

namespace Rag.Tests.Unit.Embeddings;

public sealed class EmbeddingTelemetryTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _values = new();
    private readonly ActivityListener _spanListener;
    private readonly MeterListener _meterListener = new();
    private readonly StubGenerator _model = new("model-of-" + Guid.NewGuid().ToString("N"), 4);

    public EmbeddingTelemetryTests()
    {
        _spanListener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TelemetryNames.Source,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_spanListener);
        var factory = _services.GetRequiredService<IMeterFactory>();
        _meterListener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory) listener.EnableMeasurementEvents(instrument);
        };
        _meterListener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _values.Enqueue((instrument.Name, value, ToDictionary(tags))));
        _meterListener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _values.Enqueue((instrument.Name, value, ToDictionary(tags))));
        _meterListener.Start();
    }

    [Fact]
    public async Task A_call_is_a_client_span_and_three_measurements_by_the_conventions()
    {
        using var telemetry = new EmbeddingTelemetry(_services.GetRequiredService<IMeterFactory>());
        using var generator = new TelemetryEmbeddingGenerator(_model, telemetry, TimeProvider.System);

        await generator.GenerateAsync(["one", "two"]);

        var span = Span();
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal("embeddings", span.GetTagItem("gen_ai.operation.name"));
        Assert.Equal("stubs", span.GetTagItem("gen_ai.provider.name"));
        Assert.Equal(4, span.GetTagItem("gen_ai.embeddings.dimension.count"));
        Assert.Equal(2L, span.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(["gen_ai.client.operation.duration", "gen_ai.client.token.usage", "rag.embedding.duration"], _values.Select(v => v.Name).Order(StringComparer.Ordinal));
        var usage = _values.Single(v => v.Name == "gen_ai.client.token.usage");
        Assert.Equal(2, usage.Value);
        Assert.Equal("input", usage.Tags["gen_ai.token.type"]);
        Assert.Contains("model_name", _values.Single(v => v.Name == "rag.embedding.duration").Tags.Keys);
    }

    [Fact]
    public async Task A_failure_is_marked_in_span_and_metric_and_passed_on()
    {
        using var telemetry = new EmbeddingTelemetry(_services.GetRequiredService<IMeterFactory>());
        using var generator = new TelemetryEmbeddingGenerator(_model, telemetry, TimeProvider.System);
        _model.Failure = new EmbeddingServiceException("Down.", null, new HttpRequestException("no"));

        await Assert.ThrowsAsync<EmbeddingServiceException>(() => generator.GenerateAsync(["one"]));

        Assert.Equal(ActivityStatusCode.Error, Span().Status);
        Assert.Equal("HttpRequestException", Span().GetTagItem("error.type"));
        Assert.Equal("HttpRequestException", _values.Single(v => v.Name == "gen_ai.client.operation.duration").Tags["error.type"]);
    }

    public void Dispose()
    {
        _spanListener.Dispose();
        _meterListener.Dispose();
        _services.Dispose();
        _model.Dispose();
    }

    // Other tests make spans at the same time: this one's model has a name of its own.
    private Activity Span()
    {
        var model = ((Microsoft.Extensions.AI.EmbeddingGeneratorMetadata)_model.GetService(typeof(Microsoft.Extensions.AI.EmbeddingGeneratorMetadata))!).DefaultModelId;
        return _spans.Single(s => s.DisplayName == "embeddings " + model);
    }

    private static Dictionary<string, object?> ToDictionary(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var dictionary = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in tags) dictionary.Add(key, value);
        return dictionary;
    }
}
