using System.Diagnostics;
using Microsoft.Extensions.AI;
using Rag.Observability;

namespace Rag.Core.Embeddings.Cache;

/// <summary>
/// Answers from memory, then from PostgreSQL, and asks the model only for what neither has, each text once. The usage counts only what the model was asked.
/// </summary>
internal sealed class CachedEmbeddingGenerator(
    IEmbeddingGenerator<string, Embedding<float>> inner, MemoryEmbeddingCache memory, DatabaseEmbeddingCache database, EmbeddingCacheTelemetry telemetry)
    : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
{
    private readonly EmbeddingGeneratorMetadata _model = inner.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata
        ?? throw new ArgumentException("The generator does not name its model.", nameof(inner));

    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        // Special wishes are part of no key.
        if (options is not null) return await base.GenerateAsync(values, options, cancellationToken);

        var texts = values as IReadOnlyList<string> ?? [.. values];
        var keys = texts.Select(text => EmbeddingKey.Of(_model, text)).ToArray();
        var known = new Dictionary<EmbeddingKey, ReadOnlyMemory<float>>();
        var missing = new Dictionary<EmbeddingKey, string>();
        for (var i = 0; i < keys.Length; i++)
        {
            if (known.ContainsKey(keys[i]) || missing.ContainsKey(keys[i])) continue;
            if (memory.TryGet(keys[i], out var vector)) known.Add(keys[i], vector);
            else missing.Add(keys[i], texts[i]);
        }

        telemetry.Memory(known.Count, missing.Count);
        await FindInDatabaseAsync(known, missing, cancellationToken);
        if (known.Count > 0) Activity.Current?.SetTag(TelemetryNames.Tags.EmbeddingCacheHits, known.Count);
        var usage = await AskModelAsync(known, missing, cancellationToken);
        return new GeneratedEmbeddings<Embedding<float>>(keys.Select(key => new Embedding<float>(known[key]) { ModelId = _model.DefaultModelId })) { Usage = usage };
    }

    private async Task FindInDatabaseAsync(
        Dictionary<EmbeddingKey, ReadOnlyMemory<float>> known, Dictionary<EmbeddingKey, string> missing, CancellationToken cancellationToken)
    {
        if (missing.Count == 0 || !database.IsEnabled) return;
        var found = await database.FindAsync(missing.Keys, _model.DefaultModelDimensions, cancellationToken);
        if (found is null)
        {
            telemetry.DatabaseSkipped(missing.Count);
            return;
        }

        telemetry.Database(found.Count, missing.Count - found.Count);
        foreach (var (key, vector) in found)
        {
            memory.Add(key, vector);
            known.Add(key, vector);
            missing.Remove(key);
        }
    }

    private async Task<UsageDetails> AskModelAsync(
        Dictionary<EmbeddingKey, ReadOnlyMemory<float>> known, Dictionary<EmbeddingKey, string> missing, CancellationToken cancellationToken)
    {
        if (missing.Count == 0) return new UsageDetails { InputTokenCount = 0, TotalTokenCount = 0 };
        var keys = missing.Keys.ToArray();
        var made = await base.GenerateAsync(missing.Values.ToArray(), null, cancellationToken);
        for (var i = 0; i < keys.Length; i++)
        {
            known.Add(keys[i], made[i].Vector);
            memory.Add(keys[i], made[i].Vector);
            database.Offer(keys[i], made[i].Vector);
        }

        return made.Usage ?? new UsageDetails();
    }
}
