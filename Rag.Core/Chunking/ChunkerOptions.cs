using System.ComponentModel.DataAnnotations;

namespace Rag.Core.Chunking;

/// <summary>How documents are cut into passages. Configuration section <c>Chunking</c>.</summary>
public sealed class ChunkerOptions
{
    public const string Section = "Chunking";

    /// <summary>Longest passage in tokens of the embedding model. The default model reads 128 and ignores the rest.</summary>
    [Range(32, 8192)]
    public int MaxTokens { get; set; } = 120;

    /// <summary>How much of a passage's end the next one repeats at most, in tokens: whole sentences, or whole words of a sentence that is itself cut.</summary>
    [Range(0, 4096)]
    public int OverlapTokens { get; set; } = 24;

    /// <summary>Longest passage in characters. Text that the model does not know counts few tokens however long it is, so tokens alone do not bound it.</summary>
    [Range(64, 65536)]
    public int MaxCharacters { get; set; } = 1200;
}
