using System.Text;

namespace Rag.Observability.ErrorTracking.Grouping;

/// <summary>
/// A message without what varies from one occurrence to the next: numbers, ids, quoted values, paths, addresses. Two messages of one pattern say the same thing.
/// One pass, no regular expressions: it runs on the request's thread.
/// </summary>
internal static class MessagePattern
{
    private const int Longest = 300;
    private const int LeastHexId = 8;

    /// <summary>For example <c>Document &lt;id&gt; has &lt;n&gt; chunks</c>.</summary>
    public static string Of(string message)
    {
        var text = new StringBuilder(Math.Min(message.Length, Longest));
        var scanner = new Scanner(message);
        while (text.Length < Longest && scanner.Next() is { } token) text.Append(token.Placeholder ?? message.AsSpan(token.Start, token.Length));
        return text.ToString();
    }

    public static void AddTo(ref FnvHash hash, string message)
    {
        var scanner = new Scanner(message);
        for (var length = 0; length < Longest && scanner.Next() is { } token;)
        {
            var part = token.Placeholder is null ? message.AsSpan(token.Start, token.Length) : token.Placeholder;
            foreach (var c in part) hash.Add(c);
            length += part.Length;
        }
    }

    private readonly record struct Token(int Start, int Length, string? Placeholder);

    private ref struct Scanner(string text)
    {
        private readonly string _text = text;
        private int _position;

        public Token? Next()
        {
            if (_position >= _text.Length) return null;

            var start = _position;
            var c = _text[start];
            if (c is '"' or '\'' or '`' && ClosingQuote(start) is { } close) return Take(close + 1, "<value>");
            if (!IsWordPart(c)) return Take(start + 1, null);

            var end = start + 1;
            while (end < _text.Length && IsWordPart(_text[end])) end++;
            return Take(end, Classify(_text.AsSpan(start, end - start)));
        }

        private Token Take(int end, string? placeholder)
        {
            var token = new Token(_position, end - _position, placeholder);
            _position = end;
            return token;
        }

        /// <summary>An apostrophe inside a word is no quote, nor is one that is never closed.</summary>
        private readonly int? ClosingQuote(int open)
        {
            if (open > 0 && char.IsLetterOrDigit(_text[open - 1])) return null;
            var close = _text.IndexOf(_text[open], open + 1);
            return close > open + 1 ? close : null;
        }

        private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '/' or '\\' or '.' or ':' or '@' or '%' or '+';

        private static string? Classify(ReadOnlySpan<char> word)
        {
            var bare = word.TrimEnd(".:-");
            if (bare.IsEmpty) return null;
            if (bare.Contains("://", StringComparison.Ordinal)) return "<url>";
            if (bare.ContainsAny('/', '\\') && bare.Length > 1) return "<path>";
            if (bare.Contains('@')) return "<email>";

            var (digits, hex, letters) = Count(bare);
            if (digits == 0) return letters >= LeastHexId * 2 && hex == letters ? "<id>" : null;
            if (letters == 0) return "<n>";
            if (hex == letters && digits + letters >= LeastHexId) return "<id>";

            // 12ms, 3.5GB and a1b2-c3: a number with its unit, or an id of some kind; but utf8 and v2 are words.
            return char.IsAsciiDigit(bare[0]) || digits >= 3 ? "<n>" : null;
        }

        private static (int Digits, int Hex, int Letters) Count(ReadOnlySpan<char> word)
        {
            var (digits, hex, letters) = (0, 0, 0);
            foreach (var c in word)
            {
                if (char.IsDigit(c)) digits++;
                else if (char.IsLetter(c))
                {
                    letters++;
                    if (char.IsAsciiHexDigit(c)) hex++;
                }
            }

            return (digits, hex, letters);
        }
    }
}
