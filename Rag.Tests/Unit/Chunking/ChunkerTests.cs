using Microsoft.Extensions.Options;
using Rag.Core.Chunking;
using Rag.Core.Embeddings;
using Rag.Core.Embeddings.UseLite;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Chunking;

public sealed class ChunkerTests
{
    private static readonly UseLiteTokenizer Tokenizer = new(new UseLiteFolder(EmbeddingModelFolder.Path));
    private readonly Chunker _chunker = new(Tokenizer, Options.Create(new ChunkerOptions()));
    private readonly Chunker _withoutOverlap = new(Tokenizer, Options.Create(new ChunkerOptions { OverlapTokens = 0 }));

    [Theory]
    [InlineData("")]
    [InlineData(" \t\r\n ")]
    public void Nothing_has_no_passages(string text) => Assert.Empty(_chunker.Split(text));

    [Fact]
    public void A_short_text_is_one_passage_with_whitespace_collapsed_and_its_place()
    {
        var chunk = Assert.Single(_chunker.Split("\n  Water boils\n at   100 degrees. \n"));

        Assert.Equal(new Chunk(0, "Water boils at 100 degrees.", "", Tokenizer.Count("Water boils at 100 degrees."), 3, 33), chunk);
    }

    [Fact]
    public void Passages_are_whole_sentences_and_repeat_the_last_ones()
    {
        var sentences = Enumerable.Range(1, 40).Select(i => $"The pump number {i} moves water to the tower.").ToList();
        var chunks = _chunker.Split(string.Join(' ', sentences));

        Assert.True(chunks.Count > 2);
        Assert.All(chunks, chunk => Assert.All(Sentences(chunk.Text), sentence => Assert.Contains(sentence, sentences)));
        foreach (var (previous, next) in chunks.Zip(chunks.Skip(1)))
        {
            var repeated = Sentences(previous.Text).Intersect(Sentences(next.Text)).ToList();
            Assert.NotEmpty(repeated);
            Assert.InRange(repeated.Sum(Tokenizer.Count), 1, 24);
        }
    }

    [Fact]
    public void A_passage_keeps_the_path_of_its_headings_and_never_crosses_one()
    {
        const string Text = """
            Before any heading.

            # Guide #
            Intro of the guide.
            ## Install
            Run the installer.
            ### Linux
            Use the package.
            ## Use
            Open the app.
            """;

        var chunks = _chunker.Split(Text);

        Assert.Equal(
            [
                ("", "Before any heading."),
                ("Guide", "Intro of the guide."),
                ("Guide › Install", "Run the installer."),
                ("Guide › Install › Linux", "Use the package."),
                ("Guide › Use", "Open the app."),
            ],
            chunks.Select(c => (c.Heading, c.Text)));
    }

    [Fact]
    public void Underlined_headings_count_and_code_holds_none()
    {
        const string Text = "Manual\n======\nText of it.\n\nPart\n----\n```sh\n# not a heading\nls\n```\n";

        Assert.Equal([("Manual", "Text of it."), ("Manual › Part", "```sh # not a heading ls ```")], _chunker.Split(Text).Select(c => (c.Heading, c.Text)));
    }

    [Fact]
    public void A_heading_with_nothing_below_it_is_a_passage_itself() =>
        Assert.Equal([("A › B", "B"), ("C", "C")], _chunker.Split("# A\n## B\n# C").Select(c => (c.Heading, c.Text)));

    [Fact]
    public void A_sentence_longer_than_a_passage_is_cut_between_words()
    {
        var words = Enumerable.Range(0, 400).Select(i => "word" + i).ToList();
        var chunks = _withoutOverlap.Split(string.Join(' ', words) + ".");

        Assert.Equal(words, chunks.SelectMany(c => c.Text.TrimEnd('.').Split(' ')));
        Assert.All(chunks, c => Assert.InRange(c.TokenCount, 1, 120));
    }

    [Fact]
    public void Text_without_spaces_is_bounded_too()
    {
        var japanese = string.Concat(Enumerable.Repeat("東京は日本の首都です", 400));
        var emoji = string.Concat(Enumerable.Repeat("🙂", 5000));
        foreach (var text in new[] { japanese, emoji, new string('x', 20_000), new string('ﷺ', 2_000) })
        {
            var chunks = _withoutOverlap.Split(text);
            Assert.Equal(text, string.Concat(chunks.Select(c => c.Text)));
            Assert.All(chunks, c => Assert.InRange(c.Text.Length, 1, 1200));
            Assert.All(chunks, c => Assert.InRange(c.TokenCount, 1, 120));
        }
    }

    [Fact]
    public void What_is_repeated_is_a_small_share_in_characters_too()
    {
        var text = string.Concat(Enumerable.Repeat("東京は日本の首都であり世界でも有数の都市です。", 2000));

        Assert.InRange(_chunker.Split(text).Sum(c => c.Text.Length) / (double)text.Length, 1.0, 1.3);
    }

    [Fact]
    public void Work_grows_in_step_with_the_text()
    {
        // Counted, not timed: characters that the tokenizer was asked to count, for each character of the text.
        double WorkPerCharacter(int sentences)
        {
            var counter = new CountingCounter();
            var text = string.Join(' ', Enumerable.Range(0, sentences).Select(i => $"Sentence {i} says a little about nothing."));
            new Chunker(counter, Options.Create(new ChunkerOptions())).Split(text);
            return counter.Characters / (double)text.Length;
        }

        Assert.InRange(WorkPerCharacter(20_000) / WorkPerCharacter(1_000), 0.8, 1.2);
    }

    private static string[] Sentences(string text) => text.Split(". ").Select(s => s.TrimEnd('.') + ".").ToArray();

    private sealed class CountingCounter : ITokenCounter
    {
        public long Characters { get; private set; }

        public int Count(ReadOnlySpan<char> text)
        {
            Characters += text.Length;
            return Tokenizer.Count(text);
        }
    }
}
