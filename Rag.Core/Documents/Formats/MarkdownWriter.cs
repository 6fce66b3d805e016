using System.Text;

namespace Rag.Core.Documents.Formats;

/// <summary>Builds text from a document's parts: whitespace within a line collapsed, at most one empty line between blocks, headings as Markdown headings.</summary>
internal sealed class MarkdownWriter
{
    private readonly StringBuilder _text = new();
    private int _breaks = 2;
    private bool _hasSpace;
    private string _prefix = "";

    /// <summary>Text within a line; line ends in it are spaces.</summary>
    public void Inline(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character))
            {
                _hasSpace = true;
                continue;
            }

            Begin();
            _text.Append(character);
        }
    }

    /// <summary>Ends the line.</summary>
    public void Line() => Break(1);

    /// <summary>Ends the line and leaves one empty.</summary>
    public void Block() => Break(2);

    /// <summary>Begins a new line that starts with <paramref name="prefix"/> as soon as it has text.</summary>
    public void Item(string prefix)
    {
        Line();
        _prefix = prefix;
    }

    /// <summary>Begins a cell of a table's row.</summary>
    public void Cell()
    {
        if (_breaks == 0) Inline(" | ");
    }

    /// <summary>Begins a heading of level 1 to 6; <see cref="Block"/> ends it.</summary>
    public void Heading(int level)
    {
        Block();
        _prefix = new string('#', Math.Clamp(level, 1, 6)) + " ";
    }

    /// <summary>Adds text as it is, on lines of its own between code fences.</summary>
    public void Code(string text)
    {
        text = text.Trim('\n', '\r');
        if (string.IsNullOrWhiteSpace(text)) return;
        Block();
        _prefix = "";
        Inline("```");
        _text.Append('\n').Append(text.Replace("\r\n", "\n", StringComparison.Ordinal)).Append("\n```");
        Block();
    }

    public override string ToString() => _text.ToString();

    private void Break(int lines)
    {
        _breaks = Math.Max(_breaks, lines);
        _prefix = "";
        _hasSpace = false;
    }

    private void Begin()
    {
        if (_text.Length > 0 && _breaks > 0) _text.Append('\n', _breaks);
        else if (_hasSpace && _text.Length > 0) _text.Append(' ');
        _text.Append(_prefix);
        (_breaks, _hasSpace, _prefix) = (0, false, "");
    }
}
