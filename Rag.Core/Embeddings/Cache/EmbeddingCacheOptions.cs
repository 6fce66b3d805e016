using System.ComponentModel.DataAnnotations;

namespace Rag.Core.Embeddings.Cache;

/// <summary>What is kept of vectors already made. Configuration section <c>Embeddings:Cache</c>.</summary>
public sealed class EmbeddingCacheOptions
{
    public const string Section = EmbeddingOptions.Section + ":Cache";

    /// <summary>Most memory for vectors in this process, in bytes; 0 keeps none.</summary>
    [Range(0, long.MaxValue)]
    public long MemoryBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Most vectors in PostgreSQL, shared by all processes; 0 keeps none. A vector of 512 numbers takes about 2.2 kB.</summary>
    [Range(0, 100_000_000)]
    public int DatabaseRows { get; set; } = 200_000;

    /// <summary>Longest wait for PostgreSQL; after that the model is asked instead.</summary>
    public TimeSpan DatabaseTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long PostgreSQL is left alone after it failed.</summary>
    public TimeSpan DatabaseRest { get; set; } = TimeSpan.FromSeconds(5);
}
