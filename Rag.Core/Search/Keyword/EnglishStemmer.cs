using System.Buffers;

namespace Rag.Core.Search.Keyword;

/// <summary>
/// The Snowball English stemmer (Porter2, M. F. Porter, snowballstem.org/algorithms/english): takes an English word to its stem, so that
/// <c>connections</c>, <c>connected</c> and <c>connect</c> meet. Works in place on lower-case words of the letters a-z and the apostrophe.
/// </summary>
internal static class EnglishStemmer
{
    // The algorithm marks a y that acts as a consonant. Words are lower case, so the capital letter is free for it.
    private const char ConsonantY = 'Y';

    private static readonly (string Word, string Stem)[] Irregular =
    [
        ("skis", "ski"), ("skies", "sky"), ("dying", "die"), ("lying", "lie"), ("tying", "tie"), ("idly", "idl"), ("gently", "gentl"),
        ("ugly", "ugli"), ("early", "earli"), ("only", "onli"), ("singly", "singl"),
        ("sky", "sky"), ("news", "news"), ("howe", "howe"), ("atlas", "atlas"), ("cosmos", "cosmos"), ("bias", "bias"), ("andes", "andes"),
    ];

    private static readonly string[] KeptAfterPlural = ["inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed"];

    // Words that would fall together with unrelated ones if the first region began where the rule puts it.
    private static readonly string[] LateFirstRegion = ["gener", "commun", "arsen"];

    // In steps 2 to 4 the longest suffix that fits decides, so longer suffixes stand before their own endings.
    private static readonly (string Suffix, string Replacement)[] Step2 =
    [
        ("ational", "ate"), ("fulness", "ful"), ("iveness", "ive"), ("ization", "ize"), ("ousness", "ous"), ("biliti", "ble"), ("lessli", "less"),
        ("tional", "tion"), ("alism", "al"), ("aliti", "al"), ("ation", "ate"), ("entli", "ent"), ("fulli", "ful"), ("iviti", "ive"), ("ousli", "ous"),
        ("abli", "able"), ("alli", "al"), ("anci", "ance"), ("ator", "ate"), ("enci", "ence"), ("izer", "ize"), ("bli", "ble"), ("ogi", "og"), ("li", ""),
    ];

    private static readonly (string Suffix, string Replacement)[] Step3 =
    [
        ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("ative", ""), ("icate", "ic"), ("iciti", "ic"), ("ical", "ic"), ("ness", ""), ("ful", ""),
    ];

    private static readonly string[] Step4 =
    [
        "ement", "able", "ance", "ence", "ible", "ment", "ant", "ate", "ent", "ion", "ism", "iti", "ive", "ize", "ous", "al", "er", "ic",
    ];

    /// <summary>Stems the word that stands at the start of the buffer. Two more characters than the word must fit.</summary>
    /// <returns>The length of the stem.</returns>
    public static int Stem(Span<char> buffer, int length)
    {
        if (length <= 2) return length;
        foreach (var (word, stem) in Irregular)
        {
            if (!buffer[..length].SequenceEqual(word)) continue;
            stem.CopyTo(buffer);
            return stem.Length;
        }

        var w = new Word(buffer, length);
        w.MarkConsonants();
        w.FindRegions(LateFirstRegion);
        RemovePossessive(ref w);
        RemovePlural(ref w);
        foreach (var kept in KeptAfterPlural)
        {
            if (w.Is(kept)) return w.Length;
        }

        RemovePast(ref w);
        ReplaceFinalY(ref w);
        ReplaceStep2(ref w);
        ReplaceStep3(ref w);
        RemoveStep4(ref w);
        RemoveFinalLetter(ref w);
        w.UnmarkConsonants();
        return w.Length;
    }

    private static void RemovePossessive(ref Word w)
    {
        if (w.EndsWith("'s'")) w.Cut(3);
        else if (w.EndsWith("'s")) w.Cut(2);
        else if (w.EndsWith("'")) w.Cut(1);
    }

    private static void RemovePlural(ref Word w)
    {
        if (w.EndsWith("sses")) w.Cut(2);
        else if (w.EndsWith("ied") || w.EndsWith("ies")) w.Cut(w.Length > 4 ? 2 : 1);
        else if (w.EndsWith("us") || w.EndsWith("ss")) return;
        else if (w.EndsWith("s") && w.HasVowelBefore(w.Length - 2)) w.Cut(1);
    }

    private static void RemovePast(ref Word w)
    {
        var eed = w.EndsWith("eedly") ? 5 : w.EndsWith("eed") ? 3 : 0;
        if (eed > 0)
        {
            if (w.InFirstRegion(eed)) w.Cut(eed - 2);
            return;
        }

        var cut = w.EndsWith("ingly") ? 5 : w.EndsWith("edly") ? 4 : w.EndsWith("ing") ? 3 : w.EndsWith("ed") ? 2 : 0;
        if (cut == 0 || !w.HasVowelBefore(w.Length - cut)) return;

        w.Cut(cut);
        if (w.EndsWith("at") || w.EndsWith("bl") || w.EndsWith("iz")) w.Append('e');
        else if (w.EndsWithDouble()) w.Cut(w.IsVowelAndDouble() ? 0 : 1);
        else if (w.IsShort()) w.Append('e');
    }

    private static void ReplaceFinalY(ref Word w)
    {
        if (w.Length > 2 && w[^1] is 'y' or ConsonantY && !Word.IsVowel(w[^2])) w[^1] = 'i';
    }

    private static void ReplaceStep2(ref Word w)
    {
        foreach (var (suffix, replacement) in Step2)
        {
            if (!w.EndsWith(suffix)) continue;
            if (!w.InFirstRegion(suffix.Length)) return;
            if (suffix is "ogi" && w[^4] != 'l') return;
            if (suffix is "li" && !(w.Length > 2 && w[^3] is 'c' or 'd' or 'e' or 'g' or 'h' or 'k' or 'm' or 'n' or 'r' or 't')) return;
            w.Replace(suffix.Length, replacement);
            return;
        }
    }

    private static void ReplaceStep3(ref Word w)
    {
        foreach (var (suffix, replacement) in Step3)
        {
            if (!w.EndsWith(suffix)) continue;
            if (w.InFirstRegion(suffix.Length) && (suffix is not "ative" || w.InSecondRegion(suffix.Length))) w.Replace(suffix.Length, replacement);
            return;
        }
    }

    private static void RemoveStep4(ref Word w)
    {
        foreach (var suffix in Step4)
        {
            if (!w.EndsWith(suffix)) continue;
            if (w.InSecondRegion(suffix.Length) && (suffix is not "ion" || w[^4] is 's' or 't')) w.Cut(suffix.Length);
            return;
        }
    }

    private static void RemoveFinalLetter(ref Word w)
    {
        if (w.EndsWith("e"))
        {
            if (w.InSecondRegion(1) || (w.InFirstRegion(1) && !w.EndsWithShortSyllable(w.Length - 1))) w.Cut(1);
        }
        else if (w.EndsWith("ll") && w.InSecondRegion(1))
        {
            w.Cut(1);
        }
    }

    /// <summary>The word under work with its two regions, as offsets at which they begin.</summary>
    private ref struct Word(Span<char> buffer, int length)
    {
        private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouy");

        private readonly Span<char> _buffer = buffer;
        private int _first;
        private int _second;

        public int Length { get; private set; } = length;

        public readonly char this[Index index]
        {
            get => _buffer[index.GetOffset(Length)];
            set => _buffer[index.GetOffset(Length)] = value;
        }

        public static bool IsVowel(char c) => Vowels.Contains(c);

        public readonly bool Is(string word) => _buffer[..Length].SequenceEqual(word);

        public readonly bool EndsWith(string suffix) => _buffer[..Length].EndsWith(suffix);

        public readonly bool InFirstRegion(int suffixLength) => Length - suffixLength >= _first;

        public readonly bool InSecondRegion(int suffixLength) => Length - suffixLength >= _second;

        public void Cut(int count) => Length -= count;

        public void Append(char c) => _buffer[Length++] = c;

        public void Replace(int suffixLength, string replacement)
        {
            Cut(suffixLength);
            replacement.CopyTo(_buffer[Length..]);
            Length += replacement.Length;
        }

        public void MarkConsonants()
        {
            if (_buffer[0] == '\'')
            {
                _buffer[1..Length].CopyTo(_buffer);
                Length--;
            }

            for (var i = 0; i < Length; i++)
            {
                if (_buffer[i] == 'y' && (i == 0 || IsVowel(_buffer[i - 1]))) _buffer[i] = ConsonantY;
            }
        }

        public readonly void UnmarkConsonants() => _buffer[..Length].Replace(ConsonantY, 'y');

        public void FindRegions(string[] latePrefixes)
        {
            _first = -1;
            foreach (var prefix in latePrefixes)
            {
                if (_buffer[..Length].StartsWith(prefix)) _first = prefix.Length;
            }

            if (_first < 0) _first = RegionAfter(0);
            _second = RegionAfter(_first);
        }

        public readonly bool HasVowelBefore(int end) => end > 0 && _buffer[..end].ContainsAny(Vowels);

        public readonly bool EndsWithDouble() =>
            Length > 1 && this[^1] == this[^2] && this[^1] is 'b' or 'd' or 'f' or 'g' or 'm' or 'n' or 'p' or 'r' or 't';

        // "add", "egg" and "off" are whole words. A rule of the newer edition (Snowball 3, in PostgreSQL from 18 on).
        public readonly bool IsVowelAndDouble() => Length == 3 && _buffer[0] is 'a' or 'e' or 'o';

        public readonly bool IsShort() => _first >= Length && EndsWithShortSyllable(Length);

        /// <summary>Whether the first <paramref name="end"/> letters end in a short syllable.</summary>
        public readonly bool EndsWithShortSyllable(int end)
        {
            if (end == 2) return IsVowel(_buffer[0]) && !IsVowel(_buffer[1]);
            return end > 2 && !IsVowel(_buffer[end - 3]) && IsVowel(_buffer[end - 2])
                && !IsVowel(_buffer[end - 1]) && _buffer[end - 1] is not ('w' or 'x' or ConsonantY);
        }

        private readonly int RegionAfter(int start)
        {
            for (var i = start + 1; i < Length; i++)
            {
                if (!IsVowel(_buffer[i]) && IsVowel(_buffer[i - 1])) return i + 1;
            }

            return Length;
        }
    }
}
