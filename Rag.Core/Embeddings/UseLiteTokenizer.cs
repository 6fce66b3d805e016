using System.Buffers;
using System.Text;
using Rag.Core.Embeddings.UseLite;
using Rag.Observability.Errors;

namespace Rag.Core.Embeddings;

/// <summary>
/// The unigram tokenizer of Universal Sentence Encoder Lite. It follows the reference implementation (@tensorflow-models/universal-sentence-encoder 1.3.3)
/// to the id, including what looks like oversights there, because the model was published with it: unknown text costs nothing, a sum of exactly 0 counts as unset,
/// ties go to the shorter last piece. Only U+0020 separates words: collapse other whitespace before. Thread-safe.
/// </summary>
public sealed class UseLiteTokenizer : ITokenCounter
{
    private readonly UseLiteFolder _folder;

    internal UseLiteTokenizer(UseLiteFolder folder) => _folder = folder;

    /// <summary>The ids of the whole text, without begin or end marks. The model reads the first 128 of them.</summary>
    /// <exception cref="EmbeddingServiceException">The vocabulary cannot be loaded.</exception>
    public int[] Encode(string text) => Encode(text, int.MaxValue);

    /// <summary>The number of ids of the whole text.</summary>
    /// <exception cref="EmbeddingServiceException">The vocabulary cannot be loaded.</exception>
    public int Count(string text) => Count(text.AsSpan());

    /// <inheritdoc cref="Count(string)"/>
    public int Count(ReadOnlySpan<char> text) => Run(text, int.MaxValue, null).Count;

    /// <summary>Ids of the first words that have at least <paramref name="enough"/> ids together, or of the whole text.</summary>
    internal int[] Encode(ReadOnlySpan<char> text, int enough)
    {
        var ids = new List<int>();
        Run(text, enough, ids);
        return [.. ids];
    }

    /// <summary>The number of characters (code points) that are in no piece of the vocabulary.</summary>
    internal int CountUnknownCharacters(ReadOnlySpan<char> text) => Run(text, int.MaxValue, null).UnknownCharacters;

    /// <summary>The form in which the vocabulary is looked up: NFKC, with what is no valid character replaced.</summary>
    internal static string Normalize(ReadOnlySpan<char> text) => ReplaceLoneSurrogates(text).Normalize(NormalizationForm.FormKC);

    private Tally Run(ReadOnlySpan<char> text, int enough, List<int>? ids)
    {
        var tally = new Tally(ids);
        if (text.IsEmpty) return tally;
        var vocabulary = _folder.Vocabulary;
        var source = Ascii.IsValid(text) ? text : Normalize(text);

        var characters = ArrayPool<char>.Shared.Rent(source.Length + 1);
        try
        {
            characters[0] = UseLiteVocabulary.WordStart;
            source.Replace(characters.AsSpan(1), ' ', UseLiteVocabulary.WordStart);
            Walk(vocabulary, characters.AsSpan(0, source.Length + 1), enough, ref tally);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }

        return tally;
    }

    // No piece crosses a word's start, so every path through the text passes there: words can be solved one after the other, the sum so far carried along.
    private static void Walk(UseLiteVocabulary vocabulary, ReadOnlySpan<char> text, int enough, ref Tally tally)
    {
        Span<double> sums = stackalloc double[StackWord + 1];
        Span<int> pieces = stackalloc int[StackWord + 1];
        var sum = 0.0;
        while (!text.IsEmpty && tally.Count < enough)
        {
            var next = text[1..].IndexOf(UseLiteVocabulary.WordStart);
            var word = next < 0 ? text : text[..(next + 1)];
            text = text[word.Length..];
            if (word.Length <= StackWord)
            {
                sum = Solve(vocabulary, word, sum, sums[..(word.Length + 1)], pieces[..(word.Length + 1)], ref tally);
            }
            else
            {
                sum = Solve(vocabulary, word, sum, new double[word.Length + 1], new int[word.Length + 1], ref tally);
            }
        }
    }

    private const int StackWord = 256;

    /// <summary>Finds the best pieces of one word.</summary>
    /// <returns>The sum of scores up to the word's end.</returns>
    private static double Solve(
        UseLiteVocabulary vocabulary, ReadOnlySpan<char> word, double sum, Span<double> sums, Span<int> pieces, ref Tally tally)
    {
        sums.Clear();
        pieces.Clear();
        sums[0] = sum;
        for (var start = 0; start < word.Length; start++)
        {
            if (start > 0 && IsInsidePair(word, start)) continue;
            var isKnown = false;
            var node = UseLiteVocabulary.Root;
            for (var end = start; end < word.Length && (node = vocabulary.Child(node, word[end])) >= 0; end++)
            {
                if (vocabulary.PieceAt(node) is not (> UseLiteVocabulary.Unknown and var piece)) continue;
                isKnown = true;
                Offer(sums, pieces, end + 1, sums[start] + vocabulary.Score(piece), piece);
            }

            if (!isKnown) Offer(sums, pieces, start + (IsInsidePair(word, start + 1) ? 2 : 1), sums[start], UseLiteVocabulary.Unknown);
        }

        // Backwards, each piece is written where everything has been read already.
        var first = pieces.Length;
        for (var end = word.Length; end > 0;)
        {
            var piece = pieces[end];
            end -= piece == UseLiteVocabulary.Unknown && IsInsidePair(word, end - 1) ? 2 : vocabulary.Length(piece);
            pieces[--first] = piece;
        }

        foreach (var piece in pieces[first..]) tally.Add(piece);
        return sums[^1];
    }

    private static void Offer(Span<double> sums, Span<int> pieces, int end, double sum, int piece)
    {
        if (sums[end] != 0 && sum < sums[end]) return;
        sums[end] = sum;
        pieces[end] = piece;
    }

    private static bool IsInsidePair(ReadOnlySpan<char> text, int index) =>
        index > 0 && index < text.Length && char.IsLowSurrogate(text[index]) && char.IsHighSurrogate(text[index - 1]);

    private static string ReplaceLoneSurrogates(ReadOnlySpan<char> text)
    {
        var copy = text.ToArray();
        for (var i = 0; i < copy.Length; i++)
        {
            if (!char.IsSurrogate(copy[i])) continue;
            if (char.IsHighSurrogate(copy[i]) && i + 1 < copy.Length && char.IsLowSurrogate(copy[i + 1])) i++;
            else copy[i] = '\uFFFD';
        }

        return new string(copy);
    }

    private struct Tally(List<int>? ids)
    {
        private bool _lastIsUnknown;

        public int Count { get; private set; }

        public int UnknownCharacters { get; private set; }

        public void Add(int piece)
        {
            var isUnknown = piece == UseLiteVocabulary.Unknown;
            if (isUnknown) UnknownCharacters++;
            if (isUnknown && _lastIsUnknown) return;
            _lastIsUnknown = isUnknown;
            Count++;
            ids?.Add(piece);
        }
    }
}
