using System.Text.RegularExpressions;

namespace Rag.Core.Documents.Formats;

/// <summary>Markdown stays as it is, but for front matter between <c>---</c> lines at its start. The title is the one there, or the first heading of level 1.</summary>
internal static partial class MarkdownFormat
{
    private const int LongestSearch = 65536;

    public static FormatContent Read(byte[] bytes)
    {
        var text = TextDecoder.Decode(bytes);
        string? title = null;
        if (FrontMatter().Match(text) is { Success: true } matter)
        {
            title = FrontMatterTitle().Match(matter.Groups["matter"].Value) is { Success: true } found ? found.Groups["title"].Value.Trim().Trim('"', '\'') : null;
            text = text[matter.Length..];
        }

        var head = text.Length <= LongestSearch ? text : text[..LongestSearch];
        title ??= FirstHeading().Match(head) is { Success: true } heading ? heading.Groups["title"].Value.TrimEnd('#', ' ') : null;
        return new FormatContent(title, text);
    }

    // No pattern backtracks: a hostile file costs no more than its length.
    [GeneratedRegex(@"\A---[ \t]*\n(?<matter>.*?)^---[ \t]*$\n?", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex FrontMatter();

    [GeneratedRegex(@"^title:[ \t]*(?<title>.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex FrontMatterTitle();

    [GeneratedRegex(@"^#[ \t]+(?<title>.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex FirstHeading();
}
