namespace Rag.Core.Chunking;

/// <summary>Characters <c>Start..End</c> of a text.</summary>
internal readonly record struct TextRange(int Start, int End)
{
    public int Length => End - Start;

    /// <summary>The range without whitespace at its ends.</summary>
    public TextRange Trim(ReadOnlySpan<char> text)
    {
        var (start, end) = (Start, End);
        while (start < end && char.IsWhiteSpace(text[start])) start++;
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        return new TextRange(start, end);
    }

    public ReadOnlySpan<char> Of(ReadOnlySpan<char> text) => text[Start..End];
}
