using System.IO.Compression;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using Rag.Core.Documents.Formats;
using Rag.Observability.Errors;

namespace Rag.Tests.Unit.Formats;

public sealed class DocxTests
{
    [Fact]
    public async Task Headings_lists_and_tables_are_kept()
    {
        var bytes = Create(
            new Style(new StyleName { Val = "heading 1" }) { Type = StyleValues.Paragraph, StyleId = "berschrift1" },
            Paragraph("Pump X1", style: "berschrift1"),
            new Paragraph(new Run(new Text("It moves ") { Space = SpaceProcessingModeValues.Preserve }), new Run(new Text("water."))),
            new Paragraph(new ParagraphProperties(new OutlineLevel { Val = 1 }), new Run(new Text("Parts"))),
            new Paragraph(new ParagraphProperties(new NumberingProperties(new NumberingId { Val = 1 })), new Run(new Text("Valve"))),
            new Paragraph(new ParagraphProperties(new NumberingProperties(new NumberingId { Val = 1 })), new Run(new Text("Motor"))),
            new Paragraph(new DeletedRun(new Run(new DeletedText("gone")))),
            new Table(new TableRow(Cell("Part"), Cell("Weight")), new TableRow(Cell("Valve"), Cell("2 kg"))),
            new Paragraph(new Run(new Text("One"), new Break(), new Text("two"))));

        var document = await Read(bytes);

        Assert.Equal("Pump X1", document.Title);
        Assert.Equal("# Pump X1\n\nIt moves water.\n\n## Parts\n\n- Valve\n- Motor\n\nPart | Weight\nValve | 2 kg\n\nOne\ntwo", document.Text);
    }

    [Fact]
    public async Task Of_two_forms_of_the_same_thing_one_is_read()
    {
        var both = new AlternateContent(
            new AlternateContentChoice(new Run(new Text("new"))) { Requires = "wps" },
            new AlternateContentFallback(new Run(new Text("old"))));

        Assert.Equal("before new after", (await Read(Create(null, Paragraph("before "), new Paragraph(both), Paragraph("after")))).Text.Replace("\n\n", " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bomb_is_refused()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var part = archive.CreateEntry("word/document.xml", CompressionLevel.SmallestSize).Open();
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 100; i++) part.Write(zeros);
        }

        Assert.InRange(file.Length, 1, 1024 * 1024);
        var failure = await Assert.ThrowsAsync<ValidationException>(() => Read(file.ToArray()));
        Assert.Contains("unpacks", failure.Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_anywhere_is_the_callers_mistake()
    {
        var whole = Create(null, Paragraph("Some text that is long enough to be damaged in many places."));
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var damaged = whole.ToArray();
            for (var j = random.Next(1, 20); j > 0; j--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (i % 3 == 0) damaged = damaged[..random.Next(damaged.Length)];
            try
            {
                await Read(damaged);
            }
            catch (ValidationException)
            {
                // The one exception there may be.
            }
        }
    }

    [Fact]
    public async Task Markup_that_refers_to_entities_is_refused()
    {
        var whole = Create(null, Paragraph("x"));
        using var file = new MemoryStream();
        file.Write(whole);
        using (var archive = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            archive.GetEntry("word/document.xml")!.Delete();
            using var part = archive.CreateEntry("word/document.xml").Open();
            part.Write(Encoding.UTF8.GetBytes(
                "<!DOCTYPE d [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;\">]><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"));
        }

        await Assert.ThrowsAsync<ValidationException>(() => Read(file.ToArray()));
    }

    private static Task<ParsedDocument> Read(byte[] bytes) => DocumentReader.ReadAsync(new MemoryStream(bytes), "a.docx");

    private static Paragraph Paragraph(string text, string? style = null) => style is null
        ? new Paragraph(new Run(new Text(text)))
        : new Paragraph(new ParagraphProperties(new ParagraphStyleId { Val = style }), new Run(new Text(text)));

    private static TableCell Cell(string text) => new(Paragraph(text));

    private static byte[] Create(Style? style, params OpenXmlElement[] body)
    {
        using var file = new MemoryStream();
        using (var document = WordprocessingDocument.Create(file, WordprocessingDocumentType.Document))
        {
            var main = document.AddMainDocumentPart();
            main.Document = new Document(new Body(body));
            if (style is not null) main.AddNewPart<StyleDefinitionsPart>().Styles = new Styles(style);
        }

        return file.ToArray();
    }
}
