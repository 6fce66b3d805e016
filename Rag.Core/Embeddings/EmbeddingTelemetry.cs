using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Rag.Observability;

namespace Rag.Core.Embeddings;

/// <summary>The span and the instruments of embedding calls.</summary>
internal sealed class EmbeddingTelemetry : IDisposable
{
    private const string Operation = "embeddings";

    private readonly ActivitySource _source = new(TelemetryNames.Source);
    private readonly Histogram<double> _operationDuration;
    private readonly Histogram<long> _tokenUsage;
    private readonly Histogram<double> _embeddingDuration;

    public EmbeddingTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryNames.Source);
        _operationDuration = meter.CreateHistogram<double>(
            TelemetryNames.Metrics.GenAiClientOperationDuration,
            "s",
            "Duration of calls to a model.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });
        _tokenUsage = meter.CreateHistogram<long>(
            TelemetryNames.Metrics.GenAiClientTokenUsage,
            "{token}",
            "Tokens that calls to a model took and gave.",
            advice: new InstrumentAdvice<long>
            {
                HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
            });
        _embeddingDuration = meter.CreateHistogram<double>(
            TelemetryNames.Metrics.EmbeddingDuration,
            "s",
            "Duration of calls to the embedding model.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
    }

    public Activity? Start(EmbeddingGeneratorMetadata model, int texts)
    {
        var activity = _source.StartActivity($"{Operation} {model.DefaultModelId}", ActivityKind.Client);
        if (activity is null) return null;
        activity.SetTag(TelemetryNames.Tags.GenAiOperationName, Operation);
        activity.SetTag(TelemetryNames.Tags.GenAiProviderName, model.ProviderName);
        activity.SetTag(TelemetryNames.Tags.GenAiRequestModel, model.DefaultModelId);
        activity.SetTag(TelemetryNames.Tags.GenAiEmbeddingsDimensionCount, model.DefaultModelDimensions);
        activity.SetTag(TelemetryNames.Tags.EmbeddingBatchSize, texts);
        if (model.ProviderUri is { } server)
        {
            activity.SetTag(TelemetryNames.Tags.ServerAddress, server.Host);
            activity.SetTag(TelemetryNames.Tags.ServerPort, server.Port);
        }

        return activity;
    }

    public void Succeeded(Activity? activity, EmbeddingGeneratorMetadata model, TimeSpan took, long inputTokens)
    {
        Record(model, took, error: null);
        var tags = Tags(model);
        tags.Add(TelemetryNames.Tags.GenAiTokenType, "input");
        _tokenUsage.Record(inputTokens, tags);
        activity?.SetTag(TelemetryNames.Tags.GenAiUsageInputTokens, inputTokens);
        activity?.SetTag(TelemetryNames.Tags.GenAiResponseModel, model.DefaultModelId);
    }

    public void Failed(Activity? activity, EmbeddingGeneratorMetadata model, TimeSpan took, Exception failure)
    {
        var error = (failure.InnerException ?? failure).GetType().Name;
        Record(model, took, error);
        activity?.SetTag(TelemetryNames.Tags.ErrorType, error);
        activity?.SetStatus(ActivityStatusCode.Error);
    }

    public void Dispose() => _source.Dispose();

    private void Record(EmbeddingGeneratorMetadata model, TimeSpan took, string? error)
    {
        var tags = Tags(model);
        if (error is not null) tags.Add(TelemetryNames.Tags.ErrorType, error);
        _operationDuration.Record(took.TotalSeconds, tags);
        _embeddingDuration.Record(took.TotalSeconds, new KeyValuePair<string, object?>(TelemetryNames.Tags.MetricModelName, model.DefaultModelId));
    }

    private static TagList Tags(EmbeddingGeneratorMetadata model) => new()
    {
        { TelemetryNames.Tags.GenAiOperationName, Operation },
        { TelemetryNames.Tags.GenAiProviderName, model.ProviderName },
        { TelemetryNames.Tags.GenAiRequestModel, model.DefaultModelId },
    };
}
