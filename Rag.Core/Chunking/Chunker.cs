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

    // The same share of a passage in characters: of text unknown to the model, whole pages count few tokens.
    private int OverlapCharacters => (int)((long)_options.MaxCharacters * _options.OverlapTokens / _options.MaxTokens);

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
        var (first, next, tokens) = (0, 0, 0);
        while (next < pieces.Count)
        {
            var last = next;
            while (last < pieces.Count && Fits(pieces, first, last, tokens)) tokens += pieces[last++].Tokens;
            (first, next) = Emit(text, section, pieces, first, next, last, chunks);
            if (next < pieces.Count) (first, tokens) = Overlap(pieces, first, next);
        }
    }

    private bool Fits(List<Piece> pieces, int first, int last, int tokens) =>
        first == last ||
        (tokens + pieces[last].Tokens <= _options.MaxTokens && pieces[last].Range.End - pieces[first].Range.Start <= _options.MaxCharacters);

    /// <summary>Adds the passage of the pieces <c>first..last</c>, of which those from <paramref name="fresh"/> on are in no passage yet.</summary>
    /// <returns>The range of pieces that the passage took: at least one fresh one.</returns>
    private (int First, int Last) Emit(string text, TextSection section, List<Piece> pieces, int first, int fresh, int last, List<Chunk> chunks)
    {
        while (true)
        {
            var range = new TextRange(pieces[first].Range.Start, pieces[last - 1].Range.End);
            var passage = Whitespace.Collapse(range.Of(text));
            var tokens = counter.Count(passage);
            if (tokens <= _options.MaxTokens || last - first == 1)
            {
                chunks.Add(new Chunk(chunks.Count, passage, section.Heading, tokens, range.Start, range.End));
                return (first, last);
            }

            // Parts of one long word can count more tokens joined than apart. Rare, and a passage is short: give up one and count again.
            if (last - 1 > fresh) last--;
            else first++;
        }
    }

    /// <summary>The pieces before <paramref name="next"/> that the next passage repeats, and their tokens; never all of the passage that began at <paramref name="begin"/>.</summary>
    private (int First, int Tokens) Overlap(List<Piece> pieces, int begin, int next)
    {
        var (first, tokens) = (next, 0);
        while (first - 1 > begin
            && tokens + pieces[first - 1].Tokens <= _options.OverlapTokens
            && pieces[next].Range.Start - pieces[first - 1].Range.Start <= OverlapCharacters
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
        for (var start = sentence.Start; start < sentence.End;)
        {
            var word = NextWord(text, start, sentence.End);
            yield return new Piece(word, Count(text, word));
            start = word.End;
        }
    }

    /// <summary>The first word from <paramref name="wordStart"/> on, or as much of it as fits one passage.</summary>
    private TextRange NextWord(string text, int wordStart, int end)
    {
        while (char.IsWhiteSpace(text[wordStart])) wordStart++;
        // A token holds at least one character and the start of a word may take one by itself, so this many characters nearly always fit.
        var limit = (int)Math.Min(end, (long)wordStart + Math.Min(_options.MaxTokens - 1, _options.MaxCharacters));
        var wordEnd = wordStart;
        while (wordEnd < limit && !char.IsWhiteSpace(text[wordEnd])) wordEnd++;
        if (wordEnd < end && wordEnd - wordStart > 1 && char.IsLowSurrogate(text[wordEnd])) wordEnd--;

        var word = new TextRange(wordStart, wordEnd);
        // Compatibility characters unfold into several, up to 18.
        while (Count(text, word) > _options.MaxTokens)
        {
            var half = word.Start + (word.Length / 2);
            if (char.IsLowSurrogate(text[half])) half--;
            if (half == word.Start) break;
            word = word with { End = half };
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
