using System.Text;
using Rag.Core.Documents.Formats;
using Rag.Observability.Errors;

namespace Rag.Tests.Unit.Formats;

public sealed class DocumentReaderTests
{
    private static Task<ParsedDocument> Read(string name, byte[] bytes) => DocumentReader.ReadAsync(new MemoryStream(bytes), name);

    private static Task<ParsedDocument> Read(string name, string text) => Read(name, Encoding.UTF8.GetBytes(text));

    [Fact]
    public async Task Text_takes_its_title_from_the_file_name()
    {
        Assert.Equal(new ParsedDocument("pump manual", "Line one.\nLine two.", "text"), await Read("docs/pump manual.txt", "Line one.\r\nLine two.\r\n"));
        Assert.Equal(new ParsedDocument("README", "Hello.", "text"), await Read("C:\\files\\README", "Hello."));
    }

    public static TheoryData<string, byte[]> Encodings => new()
    {
        { "UTF-8", Encoding.UTF8.GetBytes("Größe – naïve") },
        { "UTF-8 with mark", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("Größe – naïve")] },
        { "UTF-16", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("Größe – naïve")] },
        { "UTF-16 big endian", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("Größe – naïve")] },
        { "UTF-32", [.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes("Größe – naïve")] },
        { "Windows-1252", CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetBytes("Größe – naïve") },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Encodings_are_found(string encoding, byte[] bytes)
    {
        Assert.NotEmpty(encoding);
        Assert.Equal("Größe – naïve", (await Read("a.txt", bytes)).Text);
    }

    [Fact]
    public async Task Html_is_read_in_the_encoding_it_declares()
    {
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding("shift_jis")!.GetBytes("<html><head><meta charset=\"Shift_JIS\"><title>題</title></head><body><p>東京の天気</p></body></html>");

        Assert.Equal(new ParsedDocument("題", "東京の天気", "html"), await Read("a.html", bytes));
    }

    [Fact]
    public async Task Markdown_keeps_its_text_and_gives_its_first_heading_as_title()
    {
        Assert.Equal(new ParsedDocument("Pump", "Intro.\n\n# Pump #\n\nText.", "markdown"), await Read("a.md", "Intro.\n\n# Pump #\n\nText.\n"));
        Assert.Equal(new ParsedDocument("From matter", "# Pump", "markdown"), await Read("a.md", "---\ntitle: \"From matter\"\nlayout: x\n---\n# Pump\n"));
        Assert.Equal(new ParsedDocument("a", "No heading.\n\n---\n\nRule.", "markdown"), await Read("a.markdown", "No heading.\n\n---\n\nRule.\n"));
    }

    [Fact]
    public async Task Html_keeps_content_and_headings_and_drops_what_is_around_it()
    {
        const string Page = """
            <!doctype html><html><head><title>The  pump</title><style>p{color:red}</style></head><body>
            <nav><a href="/">Home</a></nav><div role="navigation">Menu</div><div hidden>Secret</div>
            <h1>Pump <em>X1</em></h1><p>It moves
              <b>water</b>.</p><script>if (a < b) alert("x")</script>
            <h2>Parts</h2><ul><li>Valve</li><li>Motor</li></ul>
            <table><tr><th>Part</th><th>Weight</th></tr><tr><td>Valve</td><td>2&nbsp;kg</td></tr></table>
            <pre>run
              --now</pre>
            <p>One<br>two</p><footer>Copyright</footer></body></html>
            """;

        var document = await Read("page.html", Page);

        Assert.Equal("The pump", document.Title);
        Assert.Equal(
            "# Pump X1\n\nIt moves water.\n\n## Parts\n\n- Valve\n- Motor\n\nPart | Weight\nValve | 2 kg\n\n```\nrun\n  --now\n```\n\nOne\ntwo",
            document.Text.Replace('\u00A0', ' '));
    }

    [Fact]
    public async Task Html_with_a_marked_main_part_is_that_part() =>
        Assert.Equal("Real text.", (await Read("a.htm", "<body><div>Around</div><main><p>Real text.</p></main><div>Around</div></body>")).Text);

    [Theory]
    [InlineData("<div>")]
    [InlineData("<b>x")]
    [InlineData("<svg><td>")]
    [InlineData("<table><tr><td>")]
    public async Task Html_nested_without_end_is_refused(string tag)
    {
        var failure = await Assert.ThrowsAsync<ValidationException>(() => Read("a.html", "x" + string.Concat(Enumerable.Repeat(tag, 200_000))));

        Assert.Contains("nests", failure.Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_with_very_many_paragraphs_is_read_in_full()
    {
        var text = (await Read("a.html", string.Concat(Enumerable.Repeat("<p>x", 200_000)))).Text;

        Assert.Equal(200_000, text.Count(c => c == 'x'));
    }

    [Theory]
    [InlineData("a.pdf")]
    [InlineData("a.exe")]
    [InlineData("a.doc")]
    [InlineData("a.<script>")]
    public async Task Other_types_are_refused_with_the_list_of_those_that_are_read(string name)
    {
        var failure = await Assert.ThrowsAsync<UnsupportedMediaTypeException>(() => Read(name, "text"));

        Assert.Equal(415, failure.Descriptor.StatusCode);
        Assert.Equal([".txt", ".text", ".md", ".markdown", ".html", ".htm", ".docx"], failure.Supported);
        Assert.Same(failure.Supported, failure.Details["supported"]);
        Assert.DoesNotContain("<script>", failure.PublicMessage, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_pdf_by_another_name_is_refused() => Assert.ThrowsAsync<UnsupportedMediaTypeException>(() => Read("a.txt", "%PDF-1.7 ..."));

    [Theory]
    [InlineData("a.txt", "  \n ")]
    [InlineData("a.txt", "binary\0zero")]
    [InlineData("a.html", "<script>only()</script>")]
    [InlineData("a.docx", "no archive")]
    [InlineData("a.docx", "PK\u0003\u0004broken")]
    public async Task Broken_and_empty_files_are_the_callers_mistake(string name, string text)
    {
        var failure = await Assert.ThrowsAsync<ValidationException>(() => Read(name, text));

        Assert.Equal("file", Assert.Single(failure.Errors).Field);
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_before_it_is_in_memory()
    {
        var endless = new EndlessStream();

        await Assert.ThrowsAsync<ValidationException>(() => DocumentReader.ReadAsync(endless, "a.txt"));
        Assert.InRange(endless.Served, DocumentReader.MaxBytes, DocumentReader.MaxBytes + 200_000L);
    }

    private sealed class EndlessStream : MemoryStream
    {
        public long Served { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            Served += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
