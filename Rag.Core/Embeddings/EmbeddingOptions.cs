using System.ComponentModel.DataAnnotations;

namespace Rag.Core.Embeddings;

/// <summary>Which model makes the vectors, and how it is called. Configuration section <c>Embeddings</c>.</summary>
public sealed class EmbeddingOptions
{
    public const string Section = "Embeddings";

    /// <summary><c>use-lite</c>: in this process, no network. <c>openai</c>: any server with OpenAI's embeddings call.</summary>
    [RegularExpression("use-lite|openai", ErrorMessage = "Embeddings:Provider must be use-lite or openai.")]
    public string Provider { get; set; } = "use-lite";

    /// <summary>use-lite: the folder with model.json, its shards and vocab.json.</summary>
    public string? ModelPath { get; set; }

    /// <summary>use-lite: threads that all calls together may use.</summary>
    [Range(1, 1024)]
    public int Parallelism { get; set; } = Environment.ProcessorCount;

    /// <summary>Share of characters outside the model's vocabulary, 0..1, above which a text counts as unknown to the model and gets no semantic search.</summary>
    [Range(0.0, 1.0)]
    public double MaxUnknownShare { get; set; } = 0.4;

    public bool IsOpenAI => Provider == "openai";
}
