using System.Text.RegularExpressions;

namespace Rag.Observability.Redaction;

/// <summary>Shapes of secrets in running text. Each pattern is linear in its input and bounded in time.</summary>
internal static partial class SecretPatterns
{
    private const int Milliseconds = 200;

    public static readonly SecretPattern[] All =
    [
        new(PrivateKey(), "-----BEGIN", static _ => Redactor.Mask),
        new(UrlPassword(), "://", static m => $"{m.Groups["head"].ValueSpan}{Redactor.Mask}@"),
        new(AuthorizationHeader(), "authorization", static m => $"{m.Groups["head"].ValueSpan}{Redactor.Mask}"),
        new(CookieHeader(), "cookie", static m => $"{m.Groups["head"].ValueSpan}{Redactor.Mask}"),
        new(Bearer(), "bearer", static m => $"{m.Groups["head"].ValueSpan}{Redactor.Mask}"),
        new(Assignment(), null, static m => SecretKeys.Contains(m.Groups["key"].ValueSpan) ? Masked(m.Groups["head"].ValueSpan, m.Groups["value"].ValueSpan[0]) : m.Value),
        new(Jwt(), "eyJ", static _ => Redactor.Mask),
        new(KnownToken(), null, static _ => Redactor.Mask),
        new(Email(), "@", static _ => Redactor.Mask),
        new(CardNumber(), null, static m => IsCardNumber(m.ValueSpan) ? Redactor.Mask : m.Value),
    ];

    [GeneratedRegex("-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\\s\\\\:,-]*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?", RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex PrivateKey();

    // postgres://user:password@host
    [GeneratedRegex("(?<head>://[^\\s:/@]{0,128}:)[^\\s@/]{1,256}@", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex UrlPassword();

    // The scheme and all that follows it, up to the end of the header's value.
    [GeneratedRegex(
        "(?<head>\\b(proxy-)?authorization[\"']?\\s{0,3}[:=]\\s{0,3}[\"']?)(bearer|basic|digest|apikey|token)?\\s{0,3}[^\\s,;\"']+",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex AuthorizationHeader();

    // A cookie header holds several pairs: all of it goes.
    [GeneratedRegex("(?<head>\\bcookie[\"']?\\s{0,3}[:=]\\s{0,3}[\"']?)[^\\r\\n\"']+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex CookieHeader();

    [GeneratedRegex("(?<head>\\bbearer\\s+)[A-Za-z0-9._~+/=-]{6,}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Bearer();

    // key=value, key: value, "key": "value", key='value'. An unquoted value ends at the first delimiter, so that the next field survives.
    [GeneratedRegex(
        "(?<head>(?<key>[A-Za-z][A-Za-z0-9]{0,40}([_. -][A-Za-z0-9]{1,40}){0,4})[\"']?\\s{0,3}[:=]\\s{0,3})(?<value>\\[redacted\\]|\"([^\"\\\\]|\\\\.)*\"?|'([^'\\\\]|\\\\.)*'?|[^\\s,;&\"'}\\])]+)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Assignment();

    [GeneratedRegex("\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{4,}(?:\\.[A-Za-z0-9_-]*)?", RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Jwt();

    // Tokens that say themselves what they are.
    [GeneratedRegex("\\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}|\\bgh[pousr]_[A-Za-z0-9]{20,}|\\bxox[abprs]-[A-Za-z0-9-]{10,}|\\bAKIA[A-Z0-9]{12,}|\\bAIza[A-Za-z0-9_-]{20,}", RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex KnownToken();

    [GeneratedRegex("[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){1,8}", RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex Email();

    [GeneratedRegex("(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])", RegexOptions.CultureInvariant, Milliseconds)]
    private static partial Regex CardNumber();

    /// <summary>Quotes stay, so that what was JSON remains JSON.</summary>
    private static string Masked(ReadOnlySpan<char> head, char first) => first is '"' or '\'' ? $"{head}{first}{Redactor.Mask}{first}" : $"{head}{Redactor.Mask}";

    /// <summary>The Luhn check: one random number of sixteen digits in ten passes it.</summary>
    private static bool IsCardNumber(ReadOnlySpan<char> text)
    {
        var (sum, even) = (0, false);
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit(text[i])) continue;
            var digit = text[i] - '0';
            if (even) digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
            even = !even;
        }

        return sum % 10 == 0;
    }
}
