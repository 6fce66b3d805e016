using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Rag.Core.Documents.Formats;

/// <summary>Turns the stream of a Word document's elements into text. Reads forward only: the document is never in memory as a tree.</summary>
internal sealed class DocxBody(IReadOnlyDictionary<string, int> headingStyles)
{
    private readonly MarkdownWriter _writer = new();
    private int _level;
    private bool _isListItem;
    private bool _hasBegun;
    private int _tableDepth;
    private int _cell;
    private System.Text.StringBuilder? _heading;

    public string Text => _writer.ToString();

    public string? FirstHeading { get; private set; }

    public void Read(OpenXmlReader reader)
    {
        var more = reader.Read();
        while (more)
        {
            // The second form of a drawing or text box, for programs that do not know the first.
            if (reader.ElementType == typeof(AlternateContentFallback) && reader.IsStartElement)
            {
                reader.Skip();
                more = !reader.EOF;
                continue;
            }

            if (reader.IsStartElement) Start(reader);
            if (reader.IsEndElement) End(reader);
            more = reader.Read();
        }
    }

    private void Start(OpenXmlReader reader)
    {
        var type = reader.ElementType;
        if (type == typeof(Paragraph)) (_level, _isListItem, _hasBegun) = (0, false, false);
        else if (type == typeof(ParagraphStyleId)) _level = headingStyles.GetValueOrDefault(Value(reader) ?? "");
        else if (type == typeof(OutlineLevel) && int.TryParse(Value(reader), out var outline) && outline is >= 0 and < 9) _level = outline + 1;
        else if (type == typeof(NumberingProperties)) _isListItem = true;
        else if (type == typeof(Text)) Write(reader.GetText());
        else if (type == typeof(TabChar)) _writer.Inline(" ");
        else if (type == typeof(Break) || type == typeof(CarriageReturn)) BreakLine();
        else if (type == typeof(Table)) _tableDepth++;
        else if (type == typeof(TableRow)) StartRow();
        else if (type == typeof(TableCell) && _cell++ > 0) _writer.Inline(" | ");
    }

    private void End(OpenXmlReader reader)
    {
        var type = reader.ElementType;
        if (type == typeof(Table))
        {
            _tableDepth--;
            _writer.Block();
        }
        else if (type == typeof(Paragraph))
        {
            EndParagraph();
        }
    }

    private void StartRow()
    {
        _writer.Line();
        _cell = 0;
    }

    private void Write(string text)
    {
        if (!_hasBegun && text.Length > 0) BeginParagraph();
        _heading?.Append(text);
        _writer.Inline(text);
    }

    private void BeginParagraph()
    {
        _hasBegun = true;
        if (_tableDepth > 0) return;
        if (_level > 0)
        {
            _writer.Heading(_level);
            _heading = FirstHeading is null ? new System.Text.StringBuilder() : null;
        }
        else if (_isListItem)
        {
            _writer.Item("- ");
        }
    }

    private void BreakLine()
    {
        // A heading is one line.
        if (_level > 0 || _tableDepth > 0) _writer.Inline(" ");
        else _writer.Line();
    }

    private void EndParagraph()
    {
        if (_heading is { Length: > 0 }) FirstHeading = _heading.ToString();
        _heading = null;
        if (_tableDepth > 0) _writer.Inline(" ");
        else if (_isListItem) _writer.Line();
        else _writer.Block();
        (_level, _isListItem, _hasBegun) = (0, false, false);
    }

    private static string? Value(OpenXmlReader reader) => reader.Attributes.FirstOrDefault(a => a.LocalName == "val").Value;
}
