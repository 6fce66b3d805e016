using System.ComponentModel.DataAnnotations;

namespace Rag.Core.Embeddings;

/// <summary>Which model makes the vectors, and how it is called. Configuration section <c>Embeddings</c>.</summary>
public sealed class EmbeddingOptions : IValidatableObject
{
    public const string Section = "Embeddings";

    private const string UseLite = "use-lite";
    private const string OpenAI = "openai";

    /// <summary><c>use-lite</c>: in this process, no network. <c>openai</c>: any server with OpenAI's embeddings call (OpenAI, Ollama, vLLM…).</summary>
    public string Provider { get; set; } = UseLite;

    /// <summary>use-lite: the folder with model.json, its shards and vocab.json.</summary>
    public string? ModelPath { get; set; }

    /// <summary>use-lite: threads that all calls together may use.</summary>
    [Range(1, 1024)]
    public int Parallelism { get; set; } = Environment.ProcessorCount;

    /// <summary>Share of characters outside the model's vocabulary, 0..1, above which a text counts as unknown to the model and gets no semantic search.</summary>
    [Range(0.0, 1.0)]
    public double MaxUnknownShare { get; set; } = 0.4;

    /// <summary>openai: the server's address up to and with <c>/v1</c>; OpenAI itself when not set.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>openai: the key; servers that need none ignore it.</summary>
    public string? ApiKey { get; set; }

    /// <summary>openai: name of the model, as the server knows it.</summary>
    public string? Model { get; set; }

    /// <summary>openai: length of the model's vectors. A reply of another length is an error.</summary>
    [Range(1, 65536)]
    public int? Dimensions { get; set; }

    /// <summary>openai: whether to ask the server for vectors of <see cref="Dimensions"/>. When not set, only models named text-embedding-3… are asked: others may refuse.</summary>
    public bool? SendDimensions { get; set; }

    /// <summary>openai: most texts in one request.</summary>
    [Range(1, 2048)]
    public int BatchSize { get; set; } = 64;

    /// <summary>openai: requests that one call may have under way at once.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 4;

    /// <summary>openai: longest wait for one answer; a call that is tried again waits that long each time.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>openai: how often a request is tried again after 408, 429, 5xx, a broken connection or no answer in time.</summary>
    [Range(0, 10)]
    public int MaxRetries { get; set; } = 4;

    /// <summary>openai: longest <c>Retry-After</c> that is waited for; a longer one fails the call and is passed on to the caller.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>openai: requests per minute that this process sends at most; 0 for no limit.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerMinute { get; set; }

    public bool IsOpenAI => Provider == OpenAI;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Provider is not (UseLite or OpenAI)) yield return Invalid($"must be {UseLite} or {OpenAI}, not '{Provider}'", nameof(Provider));
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromHours(1)) yield return Invalid("must be between 0 and one hour", nameof(Timeout));
        if (MaxRetryAfter < TimeSpan.Zero || MaxRetryAfter > TimeSpan.FromHours(1)) yield return Invalid("must be between 0 and one hour", nameof(MaxRetryAfter));
        if (!IsOpenAI) yield break;
        if (string.IsNullOrWhiteSpace(Model)) yield return Invalid($"is required with {Section}:{nameof(Provider)}={OpenAI}", nameof(Model));
        if (Dimensions is null) yield return Invalid($"is required with {Section}:{nameof(Provider)}={OpenAI}: the length of the model's vectors", nameof(Dimensions));
        if (Endpoint is { IsAbsoluteUri: false } or { Scheme: not ("http" or "https") }) yield return Invalid("must be an http or https address", nameof(Endpoint));
    }

    private static ValidationResult Invalid(string rule, string setting) => new($"{Section}:{setting} {rule}.", [setting]);
}
