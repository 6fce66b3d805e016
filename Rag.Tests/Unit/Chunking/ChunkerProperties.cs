using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using Rag.Core.Chunking;
using Rag.Core.Embeddings;
using Rag.Core.Embeddings.UseLite;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Chunking;

/// <summary>What holds for every text and every setting: nothing is lost, the order is kept, no passage is too long.</summary>
public sealed class ChunkerProperties
{
    private static readonly UseLiteTokenizer Tokenizer = new(new UseLiteFolder(EmbeddingModelFolder.Path));

    private static readonly string[] Fragments =
    [
        "The cat sat on the mat.", "Dr. Smith paid $3.50 in No. 5!", "Is it?", " ", "\n", "\n\n", "\t", "# Title\n", "\n## Part two\n", "\n### Deep ###\n", "\n===\n", "\n---\n",
        "```\n", "- item\n", "1. step\n", "| a | b |\n", "日本語のテキスト。", "これは？", "🙂👩‍👩‍👧‍👦", "e.g.", "...", "word ", "antidisestablishmentarianism ", "ﬁ ½ ﷺ", "\u00A0", "▁", "\uD800",
        "http://example.com/path?query=value&x=1", "\"Quoted.\" He said ", "#", "#######", "\r\n", new string('x', 300), "a b c d e f g h i j k l m n o p ",
    ];

    private static readonly Gen<string> Texts =
        from parts in Gen.Elements(Fragments).ListOf()
        from noise in ArbMap.Default.GeneratorFor<string>().ListOf()
        from order in Gen.Shuffle(parts.Concat(noise.Where(n => n is not null)).ToArray())
        select string.Concat(order);

    private static readonly Gen<ChunkerOptions> Settings =
        from tokens in Gen.Choose(32, 128)
        from overlap in Gen.Choose(0, 60)
        from characters in Gen.Choose(64, 2000)
        select new ChunkerOptions { MaxTokens = tokens, OverlapTokens = overlap, MaxCharacters = characters };

    [Fact]
    public void Nothing_is_lost() => Check((text, _, chunks) =>
    {
        var covered = new bool[text.Length];
        foreach (var chunk in chunks) Array.Fill(covered, true, chunk.Start, chunk.End - chunk.Start);
        var headings = string.Concat(chunks.Select(c => c.Heading));
        var missing = string.Concat(text.Where((c, i) => !covered[i] && !char.IsWhiteSpace(c)));
        // Marks of headings go, their titles are in the path.
        return missing.All(c => c is '#' or '=' or '-' || headings.Contains(c));
    });

    [Fact]
    public void The_order_is_kept_and_every_passage_goes_further() => Check((_, _, chunks) =>
        chunks.Select((c, i) => c.Ordinal == i).All(same => same) && chunks.Zip(chunks.Skip(1)).All(p => p.First.Start < p.Second.Start && p.First.End < p.Second.End));

    [Fact]
    public void No_passage_is_too_long() => Check((_, options, chunks) =>
        chunks.All(c => c.TokenCount == Tokenizer.Count(c.Text) && c.TokenCount <= options.MaxTokens && c.End - c.Start <= options.MaxCharacters));

    [Fact]
    public void Every_passage_stands_where_it_says() => Check((text, _, chunks) =>
        chunks.All(c => c.Text.Length > 0 && c.Text == Whitespace.Collapse(text.AsSpan(c.Start..c.End)) && !char.IsWhiteSpace(text[c.Start]) && !char.IsWhiteSpace(text[c.End - 1])));

    private static void Check(Func<string, ChunkerOptions, IReadOnlyList<Chunk>, bool> property)
    {
        var cases = from text in Texts from options in Settings select (text, options);
        Prop.ForAll(cases.ToArbitrary(), c => property(c.text, c.options, new Chunker(Tokenizer, Options.Create(c.options)).Split(c.text)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(600).WithEndSize(60));
    }
}
