using System.Buffers;
using Rag.Observability.Redaction.Shapes;

namespace Rag.Observability.Redaction;

/// <summary>
/// Finds the secrets of a text from left to right, in linear time. Vectorised scans (names of secrets, beginnings that give a secret away, <c>@</c> for e-mail addresses,
/// runs of digits for card numbers) decide whether there is anything to look at; only then is the place examined by the shape that begins so.
/// </summary>
internal struct SecretFinder
{
    /// <summary>
    /// What the names of secrets contain. Here and below no set has more than 16 values: the vectorised search sorts them into eight buckets and compares three letters,
    /// so that twice the values are up to eight times the false alarms (measured: 16 values 9 ns, 29 values 96 ns for 300 characters).
    /// </summary>
    private static readonly SearchValues<string> Names = SearchValues.Create(
        ["pass", "pwd", "secret", "token", "key", "auth", "cookie", "credential", "jwt", "cvv", "ssn", "pin", "otp", "sig=", "bearer ", "basic "], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> FirstBeginnings = SearchValues.Create(["://", "-----BEGIN ", .. KnownTokens.FirstBeginnings], StringComparison.Ordinal);

    private static readonly SearchValues<string> SecondBeginnings = SearchValues.Create([.. KnownTokens.SecondBeginnings], StringComparison.Ordinal);

    private Secret _named;
    private Secret _first;
    private Secret _second;
    private Secret _email;
    private Secret _card;

    public Secret Current { get; private set; }

    public static bool TryFindFirst(ReadOnlySpan<char> text, out SecretFinder finder)
    {
        finder = new SecretFinder
        {
            _named = FindNamed(text, 0),
            _first = FindMarked(text, 0, FirstBeginnings),
            _second = FindMarked(text, 0, SecondBeginnings),
            _email = EmailAddresses.Find(text, 0),
            _card = CardNumbers.Find(text, 0),
        };
        return finder.Choose();
    }

    public bool TryFindNext(ReadOnlySpan<char> text)
    {
        var from = Current.End;
        if (_named.Start < from) _named = FindNamed(text, from);
        if (_first.Start < from) _first = FindMarked(text, from, FirstBeginnings);
        if (_second.Start < from) _second = FindMarked(text, from, SecondBeginnings);
        if (_email.Start < from) _email = EmailAddresses.Find(text, from);
        if (_card.Start < from) _card = CardNumbers.Find(text, from);
        return Choose();
    }

    private bool Choose()
    {
        var first = _named;
        if (_first.Start < first.Start) first = _first;
        if (_second.Start < first.Start) first = _second;
        if (_email.Start < first.Start) first = _email;
        if (_card.Start < first.Start) first = _card;
        Current = first;
        return first != Secret.None;
    }

    private static Secret FindNamed(ReadOnlySpan<char> text, int from)
    {
        // What lies before the end of the last secret is not looked at again.
        var floor = from;
        while (from < text.Length && text[from..].IndexOfAny(Names) is var offset and >= 0)
        {
            var anchor = from + offset;
            if (AuthenticationSchemes.TryMatch(text, anchor, floor, out var secret)) return secret;
            if (NamedValues.TryMatch(text, anchor, floor, out secret, out var examined)) return secret;
            from = Math.Max(anchor + 1, examined);
        }

        return Secret.None;
    }

    private static Secret FindMarked(ReadOnlySpan<char> text, int from, SearchValues<string> beginnings)
    {
        var floor = from;
        while (from < text.Length && text[from..].IndexOfAny(beginnings) is var offset and >= 0)
        {
            var anchor = from + offset;
            Secret secret;
            var isSecret = text[anchor] switch
            {
                ':' => UrlCredentials.TryMatch(text, anchor, out secret),
                '-' => PrivateKeys.TryMatch(text, anchor, out secret),
                _ => KnownTokens.TryMatch(text, anchor, floor, out secret),
            };
            if (isSecret) return secret;
            from = anchor + 1;
        }

        return Secret.None;
    }
}
