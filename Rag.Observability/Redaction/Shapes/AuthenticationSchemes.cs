using System.Buffers;
using System.Buffers.Text;

namespace Rag.Observability.Redaction.Shapes;

/// <summary>Credentials behind the name of their scheme (RFC 7235), wherever it stands: <c>Bearer …</c>, <c>Basic …</c>.</summary>
internal static class AuthenticationSchemes
{
    private const string Bearer = "bearer ";
    private const string Basic = "basic ";
    private const int ShortestToken = 6;

    private static readonly SearchValues<char> TokenLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=%");

    public static bool TryMatch(ReadOnlySpan<char> text, int anchor, int floor, out Secret secret)
    {
        secret = Secret.None;
        var isBearer = text[anchor..].StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);
        if (!isBearer && !text[anchor..].StartsWith(Basic, StringComparison.OrdinalIgnoreCase)) return false;
        if (anchor > floor && char.IsLetterOrDigit(text[anchor - 1])) return false;

        var start = anchor + (isBearer ? Bearer.Length : Basic.Length);
        while (start < text.Length && text[start] == ' ') start++;
        var length = text[start..].IndexOfAnyExcept(TokenLetters);
        var token = length < 0 ? text[start..] : text.Slice(start, length);
        if (isBearer ? !IsBearerToken(token.TrimEnd('.')) : !IsUserAndPassword(token)) return false;

        secret = new Secret(start, start + token.Length);
        return true;
    }

    /// <summary>Not the words of a sentence about bearer authentication.</summary>
    private static bool IsBearerToken(ReadOnlySpan<char> token) =>
        token.Length >= ShortestToken
        && !token.StartsWith("auth", StringComparison.OrdinalIgnoreCase)
        && !token.StartsWith("token", StringComparison.OrdinalIgnoreCase)
        && !token.Equals("scheme", StringComparison.OrdinalIgnoreCase);

    /// <summary>Base64 of <c>user:password</c>.</summary>
    private static bool IsUserAndPassword(ReadOnlySpan<char> token)
    {
        const int longest = 512;
        if (token.Length is < 4 or > longest) return token.Length > longest;
        Span<byte> decoded = stackalloc byte[longest];
        return Convert.TryFromBase64Chars(token, decoded, out var written) && decoded[..written].Contains((byte)':');
    }
}
