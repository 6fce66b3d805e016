using Rag.Core.Chunking;
using Rag.Core.Search;

namespace Rag.Core.Answers;

/// <summary>The sentences of a passage, as stretches of its text.</summary>
internal static class Sentences
{
    public static IReadOnlyList<TextSpan> Of(string text)
    {
        var ranges = new List<TextRange>();
        SentenceSplitter.Split(text, new TextRange(0, text.Length), ranges);
        return [.. ranges.Select(range => new TextSpan(range.Start, range.End))];
    }

    public static string In(this TextSpan span, string text) => text[span.Start..span.End];
}
