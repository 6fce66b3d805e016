using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace Rag.Tests.Unit.Embeddings;

/// <summary>A model that makes a vector of a text's length, and remembers what it was asked.</summary>
internal sealed class StubGenerator(string model = "stub", int dimensions = 4) : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly EmbeddingGeneratorMetadata _metadata = new("stubs", null, model, dimensions);

    public ConcurrentQueue<string> Asked { get; } = new();

    public Exception? Failure { get; set; }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (Failure is not null) return Task.FromException<GeneratedEmbeddings<Embedding<float>>>(Failure);
        var texts = values.ToList();
        foreach (var text in texts) Asked.Enqueue(text);
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(texts.Select(t => new Embedding<float>(Enumerable.Repeat((float)t.Length, dimensions).ToArray())))
        {
            Usage = new UsageDetails { InputTokenCount = texts.Count },
        });
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata : null;

    public void Dispose()
    {
    }
}
