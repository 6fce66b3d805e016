using System.Globalization;
using System.Text;

namespace Rag.Core.Search.Keyword;

/// <summary>
/// Reads the terms of a text one by one, without garbage.
/// <para>
/// Words are runs of letters, digits and marks; an apostrophe between letters and a point or thousands comma between digits stay inside. They are lower-cased,
/// Latin letters lose their accents, English stop words are left out, and what is English by its letters is stemmed. Longer words count by their first
/// <see cref="LongestTerm"/> characters.
/// </para>
/// <para>
/// Scripts that are written without spaces (Han, kana, Hangul, Thai, Lao, Khmer, Myanmar) give overlapping pairs of characters; texts (but not
/// queries) give each Han character as well, so that a word of one character is found inside longer runs.
/// </para>
/// </summary>
internal ref struct TermReader
{
    public const int LongestTerm = 64;

    private readonly ReadOnlySpan<char> _text;
    private readonly bool _isQuery;
    private readonly Span<char> _buffer;
    private int _position;
    private int _length;
    private bool _insideRun;
    private bool _gaveSingle;

    /// <param name="text">Text in Unicode form NFKC: see <see cref="TermAnalyzer.Normalize"/>.</param>
    /// <param name="isQuery">Whether the terms are looked for, not stored.</param>
    /// <param name="buffer">Working memory of <see cref="LongestTerm"/> + 2 characters.</param>
    public TermReader(ReadOnlySpan<char> text, bool isQuery, Span<char> buffer)
    {
        _text = text;
        _isQuery = isQuery;
        _buffer = buffer;
    }

    /// <summary>The term; valid until the next one is read.</summary>
    public readonly ReadOnlySpan<char> Term => _buffer[.._length];

    /// <summary>Where the word that gave the term begins in the text.</summary>
    public int Start { get; private set; }

    /// <summary>Offset behind the word's last character.</summary>
    public int End { get; private set; }

    public bool Read()
    {
        while (_position < _text.Length)
        {
            Rune.DecodeFromUtf16(_text[_position..], out var rune, out var width);
            if (IsUnspaced(rune))
            {
                if (ReadUnspaced(rune, width)) return true;
            }
            else
            {
                _insideRun = false;
                if (!IsWordCharacter(rune)) _position += width;
                else if (ReadWord()) return true;
            }
        }

        return false;
    }

    private static bool IsWordCharacter(Rune rune) =>
        rune.IsAscii
            ? char.IsAsciiLetterOrDigit((char)rune.Value)
            : Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static bool IsHan(Rune rune) => rune.Value is (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF) or 0x3005 or 0x3007;

    private static bool IsUnspaced(Rune rune) =>
        rune.Value >= 0x0E01 && (IsHan(rune)
            || rune.Value is (>= 0x0E01 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF)
                or (>= 0x3041 and <= 0x3096) or (>= 0x30A1 and <= 0x30FF) or (>= 0x31F0 and <= 0x31FF)
                or (>= 0x1100 and <= 0x11FF) or (>= 0xAC00 and <= 0xD7A3));

    private bool ReadUnspaced(Rune rune, int width)
    {
        var isLast = true;
        var nextWidth = 0;
        if (_position + width < _text.Length)
        {
            Rune.DecodeFromUtf16(_text[(_position + width)..], out var next, out nextWidth);
            isLast = !IsUnspaced(next);
        }

        if (!_isQuery && IsHan(rune) && !_gaveSingle)
        {
            _gaveSingle = true;
            return Give(width);
        }

        var gave = !isLast ? Give(width + nextWidth) : !_insideRun && !_gaveSingle && Give(width);
        _gaveSingle = false;
        _insideRun = !isLast;
        _position += width;
        return gave;
    }

    private bool Give(int length)
    {
        Start = _position;
        End = _position + length;
        _text[Start..End].CopyTo(_buffer);
        _length = length;
        return true;
    }

    private bool ReadWord()
    {
        Start = _position;
        _length = 0;
        var isEnglish = true;
        while (_position < _text.Length)
        {
            Rune.DecodeFromUtf16(_text[_position..], out var rune, out var width);
            if (rune.IsAscii)
            {
                var c = (char)rune.Value;
                if (char.IsAsciiLetterOrDigit(c)) Append(char.ToLowerInvariant(c));
                else if (IsInnerMark(c)) Append(c);
                else if (!IsThousandsComma(c)) break;
                isEnglish &= !char.IsAsciiDigit(c) && c is not ('.' or ',');
            }
            else if (rune.Value == '’' && IsInnerMark('\''))
            {
                Append('\'');
            }
            else if (IsWordCharacter(rune) && !IsUnspaced(rune))
            {
                isEnglish &= AppendFolded(rune);
            }
            else
            {
                break;
            }

            _position += width;
        }

        End = _position;
        if (StopWords.Contains(Term)) return false;
        if (isEnglish) _length = EnglishStemmer.Stem(_buffer, _length);
        return _length > 0;
    }

    private void Append(char c)
    {
        if (_length < LongestTerm) _buffer[_length++] = c;
    }

    // Answers whether the letter became one of a-z.
    private bool AppendFolded(Rune rune)
    {
        var lower = Rune.ToLowerInvariant(rune);
        if (lower.IsBmp && LatinFolding.TryFold((char)lower.Value, out var plain))
        {
            Append(plain);
            return true;
        }

        if (_length + lower.Utf16SequenceLength <= LongestTerm) _length += lower.EncodeToUtf16(_buffer[_length..]);
        return false;
    }

    private readonly bool IsInnerMark(char c) =>
        c switch
        {
            '\'' => IsAt(_position - 1, char.IsLetter) && IsAt(_position + 1, char.IsLetter),
            '.' => IsAt(_position - 1, char.IsAsciiDigit) && IsAt(_position + 1, char.IsAsciiDigit),
            _ => false,
        };

    private readonly bool IsThousandsComma(char c) =>
        c == ',' && IsAt(_position - 1, char.IsAsciiDigit) && IsAt(_position + 1, char.IsAsciiDigit) && IsAt(_position + 2, char.IsAsciiDigit)
        && IsAt(_position + 3, char.IsAsciiDigit) && !IsAt(_position + 4, char.IsAsciiDigit);

    private readonly bool IsAt(int position, Func<char, bool> test) => position >= 0 && position < _text.Length && test(_text[position]);
}
