using System.IO.Compression;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Rag.Core.Documents.Formats;

/// <summary>The body of a Word document: paragraphs, headings, lists, tables. Deleted text of tracked changes, field codes, headers and footnotes are left out.</summary>
internal static class DocxFormat
{
    private const int MostParts = 5000;
    private const long LargestText = 64L * 1024 * 1024;

    public static FormatContent Read(byte[] bytes)
    {
        using var file = new MemoryStream(bytes, writable: false);
        CheckSize(file);
        file.Position = 0;
        using var document = WordprocessingDocument.Open(file, isEditable: false);
        var main = document.MainDocumentPart ?? throw new BrokenFileException("The file is no Word document: it has no main part.");
        var body = new DocxBody(HeadingStyles(main.StyleDefinitionsPart));
        using (var reader = OpenXmlReader.Create(main)) body.Read(reader);
        var title = string.IsNullOrWhiteSpace(document.PackageProperties.Title) ? body.FirstHeading : document.PackageProperties.Title;
        return new FormatContent(title, body.Text);
    }

    /// <summary>A few kilobytes can unpack to gigabytes, and what an archive says of its sizes may be a lie: so its text parts are unpacked once, into nothing.</summary>
    private static void CheckSize(Stream file)
    {
        using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        if (archive.Entries.Count > MostParts) throw new BrokenFileException($"The document has more than {MostParts} parts.");
        var block = new byte[81920];
        long total = 0;
        foreach (var entry in archive.Entries.Where(IsText))
        {
            using var content = entry.Open();
            int count;
            while ((count = content.Read(block)) > 0)
            {
                if ((total += count) > LargestText) throw new BrokenFileException($"The document unpacks to more than {LargestText / (1024 * 1024)} MB of text.");
            }
        }
    }

    // Pictures are never unpacked.
    private static bool IsText(ZipArchiveEntry entry) =>
        !entry.FullName.Contains("/media/", StringComparison.OrdinalIgnoreCase) && !entry.FullName.Contains("/embeddings/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Level of each heading style by its id. The id depends on the language of the program, the name does not.</summary>
    private static Dictionary<string, int> HeadingStyles(StyleDefinitionsPart? part)
    {
        var levels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var style in part?.Styles?.Elements<Style>() ?? [])
        {
            if (style.StyleId?.Value is not { } id) continue;
            var name = style.StyleName?.Val?.Value ?? "";
            if (name.Equals("title", StringComparison.OrdinalIgnoreCase)) levels[id] = 1;
            else if (name.StartsWith("heading ", StringComparison.OrdinalIgnoreCase) && int.TryParse(name.AsSpan(8), out var level) && level is >= 1 and <= 9) levels[id] = level;
            else if (style.StyleParagraphProperties?.OutlineLevel?.Val?.Value is { } outline and < 9) levels[id] = outline + 1;
        }

        return levels;
    }
}
