namespace Rag.Core.Vectors;

/// <summary>
/// What is embedded for a passage: the document's title and the headings over the passage, then the passage. A passage alone often does not say what it is
/// about: on the Cranfield collection the title raises the nDCG@10 of semantic search from 0.12 to 0.21. Whoever writes vectors must use this, else they do not compare.
/// </summary>
internal static class PassageText
{
    // Beyond its first tokens the model reads nothing: a long title must not push the passage out.
    private const int LongestTitle = 160;

    private static readonly char[] ClosingMarks = ['.', ' ', '\t', '\r', '\n'];

    public static string ForEmbedding(string title, string heading, string text)
    {
        var about = Cut(title).TrimEnd(ClosingMarks);
        if (heading.Length > 0) about = about.Length == 0 ? Cut(heading) : $"{about}. {Cut(heading)}";
        return about.Length == 0 ? text : $"{about}. {text}";
    }

    private static string Cut(string text)
    {
        if (text.Length <= LongestTitle) return text;
        var space = text.LastIndexOf(' ', LongestTitle);
        return space > 0 ? text[..space] : text[..(LongestTitle - (char.IsHighSurrogate(text[LongestTitle - 1]) ? 1 : 0))];
    }
}
