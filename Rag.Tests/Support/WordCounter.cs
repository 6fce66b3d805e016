using Rag.Core.Embeddings;

namespace Rag.Tests.Support;

/// <summary>Counts words: a tokenizer for tests that do not care which.</summary>
internal sealed class WordCounter : ITokenCounter
{
    public int Count(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var range in text.Split(' ')) count += text[range].IsEmpty ? 0 : 1;
        return count;
    }
}
