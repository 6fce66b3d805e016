using System.Buffers;

namespace Rag.Observability.Redaction.Shapes;

/// <summary>E-mail addresses, as far as they are written without quotes and comments.</summary>
internal static class EmailAddresses
{
    private const int LongestLocal = 64;
    private const int LongestDomain = 253;
    private const string LettersAndDigits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private static readonly SearchValues<char> Local = SearchValues.Create(LettersAndDigits + "._%+-");
    private static readonly SearchValues<char> Domain = SearchValues.Create(LettersAndDigits + ".-");

    public static Secret Find(ReadOnlySpan<char> text, int from)
    {
        for (var at = Next(text, from); at >= 0; at = Next(text, at + 1))
        {
            var before = text[Math.Max(from, at - LongestLocal)..at];
            var local = before.Length - 1 - before.LastIndexOfAnyExcept(Local);
            var after = text.Slice(at + 1, Math.Min(LongestDomain, text.Length - at - 1));
            var length = after.IndexOfAnyExcept(Domain);
            var domain = (length < 0 ? after : after[..length]).TrimEnd(".-");
            if (local > 0 && IsDomain(domain)) return new Secret(at - local, at + 1 + domain.Length, SecretForm.Email);
        }

        return Secret.None;
    }

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        var dot = domain.LastIndexOf('.');
        return dot > 0 && domain.Length - dot > 2 && !domain[(dot + 1)..].ContainsAnyInRange('0', '9') && char.IsAsciiLetterOrDigit(domain[0]);
    }

    private static int Next(ReadOnlySpan<char> text, int from)
    {
        var offset = text[from..].IndexOf('@');
        return offset < 0 ? -1 : from + offset;
    }
}
