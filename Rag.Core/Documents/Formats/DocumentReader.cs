using Rag.Observability.Errors;

namespace Rag.Core.Documents.Formats;

/// <summary>Reads files into text: plain text, Markdown, HTML and Word documents.</summary>
public static class DocumentReader
{
    /// <summary>Largest file in bytes.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    private const int LongestTitle = 500;

    private static readonly Dictionary<string, (string Name, Func<byte[], FormatContent> Read)> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        [".txt"] = ("text", PlainTextFormat.Read),
        [".text"] = ("text", PlainTextFormat.Read),
        [".md"] = ("markdown", MarkdownFormat.Read),
        [".markdown"] = ("markdown", MarkdownFormat.Read),
        [".html"] = ("html", HtmlFormat.Read),
        [".htm"] = ("html", HtmlFormat.Read),
        [".docx"] = ("docx", DocxFormat.Read),
    };

    /// <summary>File extensions that are read.</summary>
    public static IReadOnlyList<string> SupportedExtensions { get; } = [.. Formats.Keys];

    /// <param name="file">Read to its end; not closed.</param>
    /// <param name="fileName">Its extension says the format; without one it is taken for plain text.</param>
    /// <param name="field">What a validation error calls the file.</param>
    /// <exception cref="UnsupportedMediaTypeException">The format is none of <see cref="SupportedExtensions"/>.</exception>
    /// <exception cref="ValidationException">The file is broken, empty or too large.</exception>
    public static async Task<ParsedDocument> ReadAsync(Stream file, string fileName, string field = "file", CancellationToken cancellationToken = default)
    {
        var name = Path.GetFileName(fileName.Replace('\\', '/'));
        var extension = Path.GetExtension(name);
        var (format, read) = extension.Length == 0 ? ("text", PlainTextFormat.Read)
            : Formats.TryGetValue(extension, out var known) ? known
            : throw Unsupported($"Files of the type {Shown(extension)} are not read.");

        var bytes = await BufferAsync(file, field, cancellationToken);
        if (bytes.AsSpan().StartsWith("%PDF-"u8)) throw Unsupported("PDF files are not read.");
        var content = Parse(bytes, read, field);
        var text = content.Text.Trim();
        if (text.Length == 0) throw new ValidationException(field, "The file holds no text.", "empty");
        return new ParsedDocument(Title(content.Title, name), text, format);
    }

    private static FormatContent Parse(byte[] bytes, Func<byte[], FormatContent> read, string field)
    {
        try
        {
            return read(bytes);
        }
        catch (BrokenFileException broken)
        {
            throw new ValidationException(field, broken.Message, "broken_file");
        }
        catch (Exception e) when (e is not RagException)
        {
            // Parsers of others meet hostile input here: whatever they throw, the file is at fault.
            throw new ValidationException(field, $"The file cannot be read: it is damaged or of another format ({e.GetType().Name}).", "broken_file");
        }
    }

    private static async Task<byte[]> BufferAsync(Stream file, string field, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var block = new byte[81920];
        int count;
        while ((count = await file.ReadAsync(block, cancellationToken)) > 0)
        {
            if (buffer.Length + count > MaxBytes) throw new ValidationException(field, $"The file must not be larger than {MaxBytes / (1024 * 1024)} MB.", "too_long");
            buffer.Write(block, 0, count);
        }

        return buffer.ToArray();
    }

    private static string Title(string? own, string fileName)
    {
        var title = own is null ? "" : Embeddings.Whitespace.Collapse(own);
        if (title.Length == 0) title = Embeddings.Whitespace.Collapse(Path.GetFileNameWithoutExtension(fileName));
        if (title.Length == 0) title = "Untitled";
        if (title.Length <= LongestTitle) return title;
        return title[..(char.IsHighSurrogate(title[LongestTitle - 1]) ? LongestTitle - 1 : LongestTitle)];
    }

    // The caller wrote it: only what an extension may look like goes back.
    private static string Shown(string extension) => extension.Length <= 12 && extension.Skip(1).All(char.IsAsciiLetterOrDigit) ? extension : "given";

    private static UnsupportedMediaTypeException Unsupported(string what) => new($"{what} Supported are {string.Join(", ", SupportedExtensions)}.", SupportedExtensions);
}
