using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenAI;
using OpenAI.Embeddings;
using Rag.Observability.Errors;
using Rag.Observability.Resilience;
using SdkOptions = OpenAI.Embeddings.EmbeddingGenerationOptions;

namespace Rag.Core.Embeddings.OpenAI;

/// <summary>
/// Embeds on a server with OpenAI's embeddings call. Texts travel in batches; each request is paced, bounded in time and tried again by
/// <see cref="OpenAIResilience"/>, and by nothing else: the package's own retries are off.
/// </summary>
internal sealed class OpenAIEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    public const string Provider = "openai";

    // The package insists on a key; servers that need none ignore it.
    private const string NoKey = "none";

    private static readonly Uri OpenAIAddress = new("https://api.openai.com/v1");

    private readonly EmbeddingOptions _options;
    private readonly int _dimensions;
    private readonly TimeProvider _time;
    private readonly Dependency _server;
    private readonly EmbeddingClient _client;
    private readonly EmbeddingGeneratorMetadata _metadata;

    public OpenAIEmbeddingGenerator(IOptions<EmbeddingOptions> options, Dependency server, TimeProvider time)
    {
        _options = options.Value;
        _dimensions = _options.Dimensions ?? throw new ArgumentException("Embeddings:Dimensions is required.", nameof(options));
        _time = time;
        _server = server;
        var settings = new OpenAIClientOptions
        {
            Endpoint = _options.Endpoint ?? OpenAIAddress,
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        _client = new EmbeddingClient(_options.Model, new ApiKeyCredential(string.IsNullOrWhiteSpace(_options.ApiKey) ? NoKey : _options.ApiKey), settings);
        _metadata = new EmbeddingGeneratorMetadata(Provider, _options.Endpoint ?? OpenAIAddress, _options.Model, _dimensions);
    }

    /// <summary>One vector for each text, in their order.</summary>
    /// <exception cref="EmbeddingServiceException">The server failed, refused, did not answer in time, or answered with something else.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, Microsoft.Extensions.AI.EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (options?.Dimensions is { } asked && asked != _dimensions)
            throw new EmbeddingServiceException($"The model {_options.Model} is set to vectors of {_dimensions} numbers, not of {asked}.");

        var batches = values.Chunk(_options.BatchSize).ToArray();
        var replies = new Reply[batches.Length];
        await Parallel.ForAsync(
            0,
            batches.Length,
            new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = cancellationToken },
            async (i, token) => replies[i] = await SendAsync(batches[i], token));

        var tokens = replies.Sum(r => r.Tokens);
        return new GeneratedEmbeddings<Embedding<float>>(replies.SelectMany(r => r.Vectors).Select(v => new Embedding<float>(v) { ModelId = _options.Model }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        // Nothing is owned: the package's HTTP connections belong to the process.
    }

    private async Task<Reply> SendAsync(string[] texts, CancellationToken cancellationToken)
    {
        try
        {
            return await _server.CallIdempotentAsync(token => RequestAsync(texts, token), cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw OpenAIErrors.Translate(failure, _options, _time);
        }
    }

    private async ValueTask<Reply> RequestAsync(string[] texts, CancellationToken cancellationToken)
    {
        var sendDimensions = _options.SendDimensions ?? _options.Model!.StartsWith("text-embedding-3", StringComparison.Ordinal);
        var result = await _client.GenerateEmbeddingsAsync(texts, new SdkOptions { Dimensions = sendDimensions ? _dimensions : null }, cancellationToken);
        var embeddings = result.Value;
        if (embeddings.Count != texts.Length) throw new InvalidDataException($"{embeddings.Count} vectors came back for {texts.Length} texts");

        var vectors = new ReadOnlyMemory<float>[texts.Length];
        foreach (var embedding in embeddings)
        {
            var vector = embedding.ToFloats();
            if (vector.Length != _dimensions) throw new InvalidDataException($"a vector of {vector.Length} numbers came back where Embeddings:Dimensions says {_dimensions}");
            if (vector.Span.ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) throw new InvalidDataException("a vector came back with numbers that are not finite");
            if (embedding.Index < 0 || embedding.Index >= texts.Length || !vectors[embedding.Index].IsEmpty) throw new InvalidDataException("the vectors came back without a clear order");
            vectors[embedding.Index] = vector;
        }

        return new Reply(vectors, embeddings.Usage?.InputTokenCount ?? 0);
    }

    private readonly record struct Reply(ReadOnlyMemory<float>[] Vectors, long Tokens);
}
