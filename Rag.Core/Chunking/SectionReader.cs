namespace Rag.Core.Chunking;

/// <summary>
/// Reads a text line by line and finds its sections, by Markdown headings (<c># One</c> to <c>###### Six</c>, or underlined with <c>===</c> or <c>---</c>),
/// and in them the sentences. List items, table rows, quotes and lines of code stand alone; a blank line ends a sentence. In plain text without headings
/// there is one section.
/// </summary>
internal sealed class SectionReader
{
    // Longer lines that begin like a heading are text: the path of a passage must stay short.
    private const int LongestHeading = 200;
    private const string Separator = " › ";

    private readonly string _text;
    private readonly List<TextSection> _sections = [];
    private readonly List<(int Level, string Title)> _path = [];
    private List<TextRange> _sentences = [];
    private TextRange _paragraph;
    private TextRange? _heading;
    private bool _isCode;

    private SectionReader(string text) => _text = text;

    public static IReadOnlyList<TextSection> Read(string text)
    {
        var reader = new SectionReader(text);
        for (var start = 0; start < text.Length;)
        {
            var newline = text.AsSpan(start).IndexOf('\n');
            var end = newline < 0 ? text.Length : start + newline + 1;
            reader.ReadLine(new TextRange(start, end));
            start = end;
        }

        reader.EndSection(nextLevel: 0);
        return reader._sections;
    }

    private void ReadLine(TextRange line)
    {
        var content = line.Trim(_text);
        var characters = content.Of(_text);
        if (characters.StartsWith("```") || characters.StartsWith("~~~"))
        {
            EndParagraph();
            _isCode = !_isCode;
            _sentences.Add(content);
        }
        else if (_isCode)
        {
            if (content.Length > 0) _sentences.Add(content);
        }
        else if (content.Length == 0)
        {
            EndParagraph();
        }
        else if (IsUnderline(characters) && IsOneLine(_paragraph) && _paragraph.Length <= LongestHeading)
        {
            var title = _paragraph.Trim(_text);
            _paragraph = default;
            BeginSection(characters[0] == '=' ? 1 : 2, title);
        }
        else if (HeadingLevel(characters) is > 0 and var level && content.Length <= LongestHeading)
        {
            EndParagraph();
            BeginSection(level, HeadingTitle(content, level));
        }
        else
        {
            if (StandsAlone(characters)) EndParagraph();
            _paragraph = _paragraph.Length == 0 ? line : _paragraph with { End = line.End };
        }
    }

    private static int HeadingLevel(ReadOnlySpan<char> line)
    {
        var level = line.IndexOfAnyExcept('#');
        return level is >= 1 and <= 6 && char.IsWhiteSpace(line[level]) ? level : 0;
    }

    private TextRange HeadingTitle(TextRange heading, int level)
    {
        var title = new TextRange(heading.Start + level, heading.End).Trim(_text);
        var withoutClosing = title with { End = title.Start + title.Of(_text).TrimEnd('#').Length };
        return withoutClosing.Length == 0 ? title : withoutClosing.Trim(_text);
    }

    private static bool IsUnderline(ReadOnlySpan<char> line) => line.Length >= 3 && (!line.ContainsAnyExcept('=') || !line.ContainsAnyExcept('-'));

    private bool IsOneLine(TextRange paragraph) => paragraph.Length > 0 && !paragraph.Trim(_text).Of(_text).Contains('\n');

    private static bool StandsAlone(ReadOnlySpan<char> line)
    {
        if (line[0] is '|' or '>' or '•') return true;
        if (line.Length > 1 && line[0] is '-' or '*' or '+') return char.IsWhiteSpace(line[1]);
        var digits = line.IndexOfAnyExceptInRange('0', '9');
        return digits is >= 1 and <= 3 && line.Length > digits + 1 && line[digits] is '.' or ')' && char.IsWhiteSpace(line[digits + 1]);
    }

    private void EndParagraph()
    {
        if (_paragraph.Length > 0) SentenceSplitter.Split(_text, _paragraph, _sentences);
        _paragraph = default;
    }

    private void BeginSection(int level, TextRange title)
    {
        EndSection(level);
        while (_path.Count > 0 && _path[^1].Level >= level) _path.RemoveAt(_path.Count - 1);
        _path.Add((level, title.Of(_text).ToString()));
        _heading = title;
    }

    private void EndSection(int nextLevel)
    {
        EndParagraph();
        // A heading with neither text nor lower headings below it would be in no passage's path: it becomes a passage itself.
        if (_sentences.Count == 0 && _heading is { } heading && nextLevel <= _path[^1].Level) _sentences.Add(heading);
        if (_sentences.Count > 0) _sections.Add(new TextSection(string.Join(Separator, _path.Select(p => p.Title)), _sentences));
        _sentences = [];
        _heading = null;
    }
}
