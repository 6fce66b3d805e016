using Microsoft.Extensions.AI;
using Rag.Observability.Errors;

namespace Rag.Core.Embeddings.UseLite;

/// <summary>
/// Embeds in this process with Universal Sentence Encoder Lite: unit vectors of 512 floats, no network. A call spreads its texts over
/// <paramref name="parallelism"/> threads, and all calls together never use more than that many.
/// </summary>
internal sealed class UseLiteEmbeddingGenerator(UseLiteFolder folder, UseLiteTokenizer tokenizer, int parallelism) : IEmbeddingGenerator<string, Embedding<float>>
{
    public const string Provider = "in-process";
    public const string ModelName = "use-lite";

    // 128 tokens are at most 2,048 characters of known words. What follows is not worth normalising, however long the text is.
    private const int MaxCharacters = 32_768;
    private const int SmallestPass = 48;

    private static readonly EmbeddingGeneratorMetadata Metadata = new(Provider, null, ModelName, UseLiteWeights.Width);
    private readonly SemaphoreSlim _slots = new(parallelism, parallelism);

    /// <summary>One vector for each text, in their order. An empty text gets the vector the model gives to nothing.</summary>
    /// <exception cref="EmbeddingServiceException">The model cannot be loaded, or another vector length was asked for.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (options?.Dimensions is { } dimensions && dimensions != UseLiteWeights.Width)
            throw new EmbeddingServiceException($"The model {ModelName} makes vectors of {UseLiteWeights.Width} numbers, not of {dimensions}.");

        var texts = values.ToArray();
        return Task.Run(() => EmbedAsync(texts, cancellationToken), cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata) ? Metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose() => _slots.Dispose();

    private async Task<GeneratedEmbeddings<Embedding<float>>> EmbedAsync(string[] texts, CancellationToken cancellationToken)
    {
        var model = folder.Model;
        var ids = Array.ConvertAll(texts, Encode);
        var tokens = ids.Sum(i => (long)i.Length);
        var vectors = new float[texts.Length][];

        var rows = (int)Math.Clamp(tokens / parallelism, SmallestPass, Scratch.MaxRows);
        await Parallel.ForEachAsync(
            Passes(ids, rows),
            new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken },
            async (pass, token) =>
            {
                await _slots.WaitAsync(token);
                try
                {
                    model.Embed(ids.AsSpan(pass), vectors.AsSpan(pass));
                }
                finally
                {
                    _slots.Release();
                }
            });

        return new GeneratedEmbeddings<Embedding<float>>(vectors.Select(v => new Embedding<float>(v) { ModelId = ModelName }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    private int[] Encode(string text)
    {
        var head = text.AsSpan(0, Math.Min(text.Length, MaxCharacters));
        var ids = tokenizer.Encode(Whitespace.Collapse(head), UseLiteWeights.MaxTokens);
        return ids.Length <= UseLiteWeights.MaxTokens ? ids : ids[..UseLiteWeights.MaxTokens];
    }

    private static IEnumerable<Range> Passes(int[][] ids, int rows)
    {
        for (var first = 0; first < ids.Length;)
        {
            var size = UseLiteModel.PassSize(ids, first, rows);
            yield return new Range(first, first + size);
            first += size;
        }
    }
}
