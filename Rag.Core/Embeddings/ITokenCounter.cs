namespace Rag.Core.Embeddings;

/// <summary>Measures text in tokens of the embedding model. The count of a text is at most the sum over its parts, cut at spaces.</summary>
public interface ITokenCounter
{
    int Count(ReadOnlySpan<char> text);
}
