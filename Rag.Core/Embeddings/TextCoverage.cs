using System.Text;
using Microsoft.Extensions.Options;
using Rag.Observability.Errors;

namespace Rag.Core.Embeddings;

/// <summary>
/// Says whether the embedding model knows a text's script. Universal Sentence Encoder Lite gives all Chinese, Japanese or Korean text nearly the same vector,
/// so semantic search over it would answer with noise.
/// </summary>
public sealed class TextCoverage
{
    private readonly UseLiteTokenizer? _tokenizer;
    private readonly double _maxUnknownShare;

    /// <param name="tokenizer">The tokenizer of the model in use; null for a model whose vocabulary is not known, which counts as knowing everything.</param>
    internal TextCoverage(UseLiteTokenizer? tokenizer, IOptions<EmbeddingOptions> options)
    {
        _tokenizer = tokenizer;
        _maxUnknownShare = options.Value.MaxUnknownShare;
    }

    /// <summary>The share of the text's characters (code points but whitespace) that are in no piece of the model's vocabulary: 0 all known, 1 none. 0 for an empty text.</summary>
    /// <exception cref="EmbeddingServiceException">The vocabulary cannot be loaded.</exception>
    public double Measure(string text)
    {
        if (_tokenizer is null) return 0;
        var collapsed = Whitespace.Collapse(text);
        // The tokenizer counts in normalised characters, so the whole must be counted in them too.
        var characters = UseLiteTokenizer.Normalize(collapsed).EnumerateRunes().Count(r => !Rune.IsWhiteSpace(r));
        return characters == 0 ? 0 : Math.Min(1.0, _tokenizer.CountUnknownCharacters(collapsed) / (double)characters);
    }

    /// <summary>Whether enough of the text is known for its vector to mean something.</summary>
    /// <exception cref="EmbeddingServiceException">The vocabulary cannot be loaded.</exception>
    public bool IsKnown(string text) => Measure(text) <= _maxUnknownShare;
}
