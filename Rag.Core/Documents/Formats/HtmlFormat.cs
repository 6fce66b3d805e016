using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Rag.Core.Documents.Formats;

/// <summary>
/// HTML without what is no content: scripts, styles, navigation, footers, hidden parts. Where the page marks its main part, only that is read.
/// Headings become Markdown headings, lists and tables lines. Nothing is loaded or run.
/// </summary>
internal static partial class HtmlFormat
{
    // The parser looks through all open elements at each tag: without a bound, a few megabytes of <div> take hours.
    private const int DeepestNesting = 500;
    private const int ElementsPerCheck = 64;
    private const int MostElements = 300_000;
    private const int LongestPage = 8 * 1024 * 1024;
    private const int LongestDeclaration = 1024;

    private static readonly HashSet<string> Dropped = new(
        ["script", "style", "noscript", "template", "nav", "footer", "aside", "button", "select", "svg", "iframe", "object", "canvas", "audio", "video", "head", "dialog"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> DroppedRoles = new(["navigation", "banner", "contentinfo", "search", "complementary"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> Blocks = new(
        ["p", "div", "section", "article", "main", "header", "ul", "ol", "dl", "table", "blockquote", "figure", "figcaption", "address", "details", "summary", "hgroup", "hr", "fieldset", "pre"],
        StringComparer.OrdinalIgnoreCase);

    public static FormatContent Read(byte[] bytes)
    {
        var declaration = Encoding.Latin1.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, LongestDeclaration)));
        var html = TextDecoder.Decode(bytes, Charset().Match(declaration) is { Success: true } declared ? declared.Groups["name"].Value : null);
        if (html.Length > LongestPage) throw new BrokenFileException($"A page must not be longer than {LongestPage / (1024 * 1024)} million characters.");

        using var document = BoundedParser().ParseDocument(html);
        var main = document.QuerySelectorAll("main, [role=main]");
        var root = main.Length == 1 ? main[0] : document.Body ?? document.DocumentElement;
        var text = Write(root);
        // A page may leave its main part to a script; what is there then is around it.
        if (string.IsNullOrWhiteSpace(text) && document.Body is { } body && root != body) text = Write(body);
        var title = string.IsNullOrWhiteSpace(document.Title) ? document.QuerySelector("h1")?.TextContent : document.Title;
        return new FormatContent(title, text);
    }

    private static HtmlParser BoundedParser()
    {
        var (created, last) = (0, default(IElement));
        return new HtmlParser(new HtmlParserOptions
        {
            OnCreated = (element, _) =>
            {
                // An element has no parent yet when it is created, so the one before is asked; not each one, because that is work too.
                if (++created > MostElements) throw new BrokenFileException($"The page has more than {MostElements:N0} elements.");
                if (created % ElementsPerCheck == 0 && last is not null && Depth(last) > DeepestNesting)
                    throw new BrokenFileException($"The page nests more than {DeepestNesting} elements.");
                last = element;
            },
        });
    }

    private static int Depth(INode node)
    {
        var depth = 0;
        for (var parent = node.Parent; parent is not null; parent = parent.Parent) depth++;
        return depth;
    }

    // With a stack of its own: a page must not be able to exhaust the thread's. By index: the parser's tree finds a node's sibling by searching all of them.
    private static string Write(INode root)
    {
        var writer = new MarkdownWriter();
        var path = new Stack<(INode Node, int NextChild)>();
        if (Enter(root, writer)) path.Push((root, 0));
        while (path.TryPop(out var step))
        {
            var (node, next) = step;
            if (next == node.ChildNodes.Length)
            {
                Leave((IElement)node, writer);
                continue;
            }

            path.Push((node, next + 1));
            var child = node.ChildNodes[next];
            if (Enter(child, writer)) path.Push((child, 0));
        }

        return writer.ToString();
    }

    /// <summary>Writes what comes before the node's children.</summary>
    /// <returns>Whether it is an element whose children count.</returns>
    private static bool Enter(INode node, MarkdownWriter writer)
    {
        if (node is IText text) writer.Inline(text.Data);
        if (node is not IElement element || IsDropped(element)) return false;

        var name = element.LocalName;
        if (HeadingLevel(name) is > 0 and var level) writer.Heading(level);
        else if (name == "li") writer.Item("- ");
        else if (name is "tr" or "br" or "dt" or "dd") writer.Line();
        else if (name is "td" or "th") writer.Cell();
        else if (Blocks.Contains(name)) writer.Block();
        if (name != "pre") return true;
        writer.Code(element.TextContent);
        return false;
    }

    private static void Leave(IElement element, MarkdownWriter writer)
    {
        if (HeadingLevel(element.LocalName) > 0 || Blocks.Contains(element.LocalName)) writer.Block();
        else if (element.LocalName is "li" or "tr") writer.Line();
    }

    private static bool IsDropped(IElement element) =>
        Dropped.Contains(element.LocalName)
        || element.HasAttribute("hidden")
        || element.GetAttribute("aria-hidden") == "true"
        || (element.GetAttribute("role") is { } role && DroppedRoles.Contains(role));

    private static int HeadingLevel(string name) => name.Length == 2 && name[0] is 'h' && name[1] is >= '1' and <= '6' ? name[1] - '0' : 0;

    [GeneratedRegex(@"<meta[^>]*charset\s*=\s*[""']?(?<name>[\w-]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Charset();
}
