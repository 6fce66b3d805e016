using Microsoft.Extensions.Options;
using Rag.Core.Embeddings;

namespace Rag.Core.Chunking;

/// <summary>
/// Cuts a text into passages for the embedding model: whole sentences of one section, as many as fit, the last ones repeated at the start of the next passage.
/// A sentence is cut only where it alone exceeds a passage: between words, and a word only where it alone exceeds one. Takes time linear in the text's length.
/// </summary>
public sealed class Chunker(ITokenCounter counter, IOptions<ChunkerOptions> options)
{
    private readonly ChunkerOptions _options = options.Value;

    /// <summary>The passages in the text's order. Every character but whitespace is in at least one, or in the heading path of one.</summary>
    public IReadOnlyList<Chunk> Split(string text)
    {
        var chunks = new List<Chunk>();
        foreach (var section in SectionReader.Read(text)) Pack(text, section, chunks);
        return chunks;
    }

    private void Pack(string text, TextSection section, List<Chunk> chunks)
    {
        var pieces = section.Sentences.SelectMany(s => Pieces(text, s)).ToList();
        var (first, last, tokens) = (0, 0, 0);
        while (last < pieces.Count)
        {
            while (last < pieces.Count && Fits(pieces, first, last, tokens)) tokens += pieces[last++].Tokens;
            last = Emit(text, section, pieces, first, last, chunks);
            if (last == pieces.Count) break;
            (first, tokens) = Overlap(pieces, first, last);
        }
    }

    private bool Fits(List<Piece> pieces, int first, int last, int tokens) =>
        first == last ||
        (tokens + pieces[last].Tokens <= _options.MaxTokens && pieces[last].Range.End - pieces[first].Range.Start <= _options.MaxCharacters);

    /// <summary>Adds the passage of the pieces <c>first..last</c>.</summary>
    /// <returns>The first piece that is not in it.</returns>
    private int Emit(string text, TextSection section, List<Piece> pieces, int first, int last, List<Chunk> chunks)
    {
        while (true)
        {
            var range = new TextRange(pieces[first].Range.Start, pieces[last - 1].Range.End);
            var passage = Whitespace.Collapse(range.Of(text));
            var tokens = counter.Count(passage);
            // Joined without a space between them, pieces can count more tokens than apart. Rare, and a passage is short: count again.
            if (tokens > _options.MaxTokens && last - first > 1)
            {
                last--;
                continue;
            }

            chunks.Add(new Chunk(chunks.Count, passage, section.Heading, tokens, range.Start, range.End));
            return last;
        }
    }

    /// <summary>The pieces before <paramref name="next"/> that the next passage repeats, and their tokens; never all of the passage that began at <paramref name="begin"/>.</summary>
    private (int First, int Tokens) Overlap(List<Piece> pieces, int begin, int next)
    {
        var (first, tokens) = (next, 0);
        while (first - 1 > begin
            && tokens + pieces[first - 1].Tokens <= _options.OverlapTokens
            && tokens + pieces[first - 1].Tokens + pieces[next].Tokens <= _options.MaxTokens
            && pieces[next].Range.End - pieces[first - 1].Range.Start <= _options.MaxCharacters)
        {
            tokens += pieces[--first].Tokens;
        }

        return (first, tokens);
    }

    private IEnumerable<Piece> Pieces(string text, TextRange sentence)
    {
        if (sentence.Length <= _options.MaxCharacters)
        {
            var tokens = Count(text, sentence);
            if (tokens <= _options.MaxTokens) return [new Piece(sentence, tokens)];
        }

        return Words(text, sentence);
    }

    private IEnumerable<Piece> Words(string text, TextRange sentence)
    {
        var piece = new Piece(new TextRange(sentence.Start, sentence.Start), 0);
        for (var start = sentence.Start; start < sentence.End;)
        {
            var word = NextWord(text, start, sentence.End);
            var tokens = Count(text, word);
            start = word.End;
            if (piece.Tokens + tokens <= _options.MaxTokens && word.End - piece.Range.Start <= _options.MaxCharacters)
            {
                piece = new Piece(piece.Range with { End = word.End }, piece.Tokens + tokens);
                continue;
            }

            if (piece.Range.Trim(text) is { Length: > 0 } range) yield return piece with { Range = range };
            piece = new Piece(word, tokens);
        }

        if (piece.Range.Trim(text) is { Length: > 0 } rest) yield return piece with { Range = rest };
    }

    /// <summary>The word at <paramref name="start"/> with the whitespace before it, or as much of it as fits one passage.</summary>
    private TextRange NextWord(string text, int start, int end)
    {
        var wordStart = start;
        while (wordStart < end && char.IsWhiteSpace(text[wordStart])) wordStart++;
        // A token holds at least one character and the start of a word may take one by itself, so this many characters nearly always fit.
        var limit = (int)Math.Min(end, (long)wordStart + _options.MaxTokens - 1);
        var wordEnd = wordStart;
        while (wordEnd < limit && !char.IsWhiteSpace(text[wordEnd])) wordEnd++;
        if (wordEnd < end && wordEnd - wordStart > 1 && char.IsLowSurrogate(text[wordEnd])) wordEnd--;

        var word = new TextRange(wordStart, wordEnd);
        // Compatibility characters unfold into several, up to 18.
        while (word.Length > 2 && Count(text, word) > _options.MaxTokens)
        {
            var half = word.Start + (word.Length / 2);
            word = word with { End = char.IsLowSurrogate(text[half]) ? half + 1 : half };
        }

        return word;
    }

    private int Count(string text, TextRange range)
    {
        var characters = range.Of(text).Trim();
        return Whitespace.IsCollapsed(characters) ? counter.Count(characters) : counter.Count(Whitespace.Collapse(characters));
    }

    private readonly record struct Piece(TextRange Range, int Tokens);
}
