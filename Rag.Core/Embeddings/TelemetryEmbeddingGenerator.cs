using Microsoft.Extensions.AI;

namespace Rag.Core.Embeddings;

/// <summary>One span and its metrics for each call that reaches a model, by the conventions for generative AI. What a cache answers is no call.</summary>
internal sealed class TelemetryEmbeddingGenerator(IEmbeddingGenerator<string, Embedding<float>> inner, EmbeddingTelemetry telemetry, TimeProvider time)
    : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
{
    private readonly EmbeddingGeneratorMetadata _model = inner.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata ?? new EmbeddingGeneratorMetadata();

    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var texts = values as IReadOnlyList<string> ?? [.. values];
        using var activity = telemetry.Start(_model, texts.Count);
        var started = time.GetTimestamp();
        try
        {
            var embeddings = await base.GenerateAsync(texts, options, cancellationToken);
            telemetry.Succeeded(activity, _model, time.GetElapsedTime(started), embeddings.Usage?.InputTokenCount ?? 0);
            return embeddings;
        }
        catch (Exception failure)
        {
            telemetry.Failed(activity, _model, time.GetElapsedTime(started), failure);
            throw;
        }
    }
}
