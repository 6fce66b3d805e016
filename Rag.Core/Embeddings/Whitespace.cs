namespace Rag.Core.Embeddings;

/// <summary>The model's tokenizer knows only the plain space: every run of whitespace becomes one, and none is left at the ends.</summary>
internal static class Whitespace
{
    public static string Collapse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        return IsCollapsed(text) ? new string(text) : string.Create(CollapsedLength(text), text, static (target, source) => Write(source, target));
    }

    /// <summary>Whether a text, trimmed at its end, would stay as it is.</summary>
    public static bool IsCollapsed(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]) && (text[i] != ' ' || i == 0 || char.IsWhiteSpace(text[i - 1]))) return false;
        }

        return true;
    }

    private static int CollapsedLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i]) || !char.IsWhiteSpace(text[i - 1])) length++;
        }

        return length;
    }

    private static void Write(ReadOnlySpan<char> source, Span<char> target)
    {
        var length = 0;
        for (var i = 0; i < source.Length; i++)
        {
            if (!char.IsWhiteSpace(source[i])) target[length++] = source[i];
            else if (!char.IsWhiteSpace(source[i - 1])) target[length++] = ' ';
        }
    }
}
