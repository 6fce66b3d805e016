using Microsoft.Extensions.AI;
using Rag.Core.Embeddings;

namespace Rag.Core.Vectors.Collections;

/// <summary>The models that this process can call: the configured one and, while its vectors are still searched, the one before it.</summary>
internal sealed class EmbeddingModels
{
    private readonly EmbeddingModel? _previous;

    public EmbeddingModels(EmbeddingModel current, EmbeddingModel? previous)
    {
        Current = current;
        _previous = previous;
    }

    public EmbeddingModel Current { get; }

    /// <summary>The model whose vectors a collection holds, or null when this process does not have it.</summary>
    public EmbeddingModel? For(VectorCollection collection) =>
        Fits(Current, collection) ? Current : _previous is not null && Fits(_previous, collection) ? _previous : null;

    public static EmbeddingModel Describe(IEmbeddingGenerator<string, Embedding<float>> generator, TextCoverage coverage)
    {
        var metadata = generator.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata;
        return new EmbeddingModel(
            metadata?.DefaultModelId ?? throw new InvalidOperationException("The embedding generator does not say which model it uses."),
            metadata.DefaultModelDimensions
                ?? throw new InvalidOperationException("The embedding generator does not say how long its vectors are: set Embeddings:Dimensions."),
            generator,
            coverage);
    }

    private static bool Fits(EmbeddingModel model, VectorCollection collection) =>
        model.Dimension == collection.Dimension && string.Equals(model.Name, collection.Model, StringComparison.Ordinal);
}
