using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Rag.Core.Search.Keyword;

namespace Rag.Tests.Support;

/// <summary>
/// An embedding model for tests: every stem is a direction of its own, chosen by its hash, and a text is the sum of its stems. Texts that share words are near
/// each other, and a test can foresee how near. <see cref="Before"/> lets a test fail or delay a call.
/// </summary>
internal sealed class WordEmbeddings(int dimension = 64, string model = "words") : IEmbeddingGenerator<string, Embedding<float>>
{
    private int _calls;

    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    public int Calls => Volatile.Read(ref _calls);

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        await Before(cancellationToken);
        return new GeneratedEmbeddings<Embedding<float>>(values.Select(text => new Embedding<float>(Vector(text))));
    }

    public float[] Vector(string text)
    {
        var vector = new float[dimension];
        foreach (var (term, count) in TermAnalyzer.Count(text))
        {
            var random = new Random(Hash(model + term));
            for (var i = 0; i < dimension; i++) vector[i] += count * ((float)random.NextDouble() - 0.5f);
        }

        var length = TensorPrimitives.Norm(vector);
        if (length == 0) vector[0] = 1;
        else TensorPrimitives.Divide(vector, length, vector);
        return vector;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("tests", null, model, dimension)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
    }

    // string.GetHashCode differs from run to run.
    private static int Hash(string text) => text.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
}
