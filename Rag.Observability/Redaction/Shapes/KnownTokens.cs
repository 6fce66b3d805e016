using System.Buffers;

namespace Rag.Observability.Redaction.Shapes;

/// <summary>Tokens that say themselves what they are: JSON Web Tokens and the keys of services that mark theirs with a prefix, as this one does.</summary>
internal static class KnownTokens
{
    /// <summary>How JSON (<c>{"</c>) begins in base64: the header of every JSON Web Token.</summary>
    private const string JsonWebToken = "eyJ";
    private const int ShortestJsonWebToken = 20;
    private const int FirstHalf = 14;

    private static readonly (string Prefix, int ShortestRest)[] Kinds =
    [
        (Access.ApiKeyText.Prefix, 8),
        ("sk-", 16), ("sk_live_", 8), ("sk_test_", 8), ("pk_live_", 8), ("rk_live_", 8), ("whsec_", 8),
        ("ghp_", 16), ("gho_", 16), ("ghu_", 16), ("ghs_", 16), ("ghr_", 16), ("github_pat_", 16), ("glpat-", 12),
        ("xoxb-", 10), ("xoxp-", 10), ("xoxa-", 10), ("xoxr-", 10), ("xoxs-", 10), ("xapp-", 10),
        ("AKIA", 12), ("ASIA", 12), ("AIza", 20), ("ya29.", 16), ("npm_", 16), ("pypi-", 16), ("hf_", 16), ("hvs.", 16), ("SG.", 16), ("shpat_", 16), ("dop_v1_", 16),
    ];

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static readonly SearchValues<char> LettersAndDots = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.=");

    /// <summary>Halves, because small sets are searched faster: see <see cref="SecretFinder"/>.</summary>
    public static IEnumerable<string> FirstBeginnings => Beginnings().Take(FirstHalf);

    public static IEnumerable<string> SecondBeginnings => Beginnings().Skip(FirstHalf);

    public static bool TryMatch(ReadOnlySpan<char> text, int anchor, int floor, out Secret secret)
    {
        secret = Secret.None;
        if (anchor > floor && Letters.Contains(text[anchor - 1])) return false;

        var rest = text[anchor..];
        if (rest.StartsWith(JsonWebToken, StringComparison.Ordinal)) return TryMatchJsonWebToken(text, anchor, out secret);

        foreach (var (prefix, shortestRest) in Kinds)
        {
            if (prefix[0] != rest[0] || !rest.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var allowed = prefix.EndsWith('.') ? LettersAndDots : Letters;
            var length = Length(rest[prefix.Length..], allowed);
            if (length < shortestRest) return false;
            secret = new Secret(anchor, anchor + prefix.Length + length);
            return true;
        }

        return false;
    }

    private static bool TryMatchJsonWebToken(ReadOnlySpan<char> text, int anchor, out Secret secret)
    {
        var token = text.Slice(anchor, Length(text[anchor..], LettersAndDots)).TrimEnd('.');
        var isOne = token.Length >= ShortestJsonWebToken && token.Contains('.');
        secret = isOne ? new Secret(anchor, anchor + token.Length) : Secret.None;
        return isOne;
    }

    /// <summary>Kinds that begin alike share a beginning.</summary>
    private static IEnumerable<string> Beginnings() => Kinds
        .Select(kind => kind.Prefix.StartsWith("xox", StringComparison.Ordinal) || kind.Prefix.StartsWith("sk_", StringComparison.Ordinal) ? kind.Prefix[..3] : kind.Prefix)
        .Prepend(JsonWebToken)
        .Distinct(StringComparer.Ordinal);

    private static int Length(ReadOnlySpan<char> text, SearchValues<char> allowed)
    {
        var end = text.IndexOfAnyExcept(allowed);
        return end < 0 ? text.Length : end;
    }
}
