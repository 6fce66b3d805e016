namespace Rag.Core.Embeddings;

/// <summary>Estimates tokens for a model whose vocabulary is not at hand, rather too many than too few: four Latin letters or digits, or any other character, make one.</summary>
internal sealed class ApproximateTokenCounter : ITokenCounter
{
    private const int LettersPerToken = 4;

    public int Count(ReadOnlySpan<char> text)
    {
        var (tokens, letters) = (0, 0);
        foreach (var character in text)
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                if (letters++ % LettersPerToken == 0) tokens++;
                continue;
            }

            letters = 0;
            if (!char.IsWhiteSpace(character)) tokens++;
        }

        return tokens;
    }
}
