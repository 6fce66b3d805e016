using System.Buffers;

namespace Rag.Observability.Redaction.Shapes;

/// <summary>The password of <c>scheme://user:password@host</c>, or a token in the user's place. The user, the host and the path stay.</summary>
internal static class UrlCredentials
{
    private const int LongestAuthority = 1024;
    private const int Separator = 3;

    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\"'<>`");
    private static readonly SearchValues<char> PathBeginnings = SearchValues.Create("/?#\\");

    /// <param name="text">The whole text.</param>
    /// <param name="anchor">Index of <c>://</c>.</param>
    /// <param name="secret">The secret.</param>
    public static bool TryMatch(ReadOnlySpan<char> text, int anchor, out Secret secret)
    {
        secret = Secret.None;
        var start = anchor + Separator;
        var url = text.Slice(start, Math.Min(LongestAuthority, text.Length - start));
        if (url.IndexOfAny(Ends) is var end and >= 0) url = url[..end];

        var path = url.IndexOfAny(PathBeginnings);
        var at = (path < 0 ? url : url[..path]).LastIndexOf('@');
        // A password with a slash in it belongs into no URL, but people write it: what stands before the slash then is no port.
        if (at < 0 && path > 0 && url[..path].IndexOf(':') is var first and >= 0 && first + 1 < path && !IsNumber(url[(first + 1)..path])) at = url.LastIndexOf('@');
        if (at <= 0) return false;

        var colon = url[..at].IndexOf(':');
        if (colon >= 0)
        {
            secret = new Secret(start + colon + 1, start + at);
            return at > colon + 1;
        }

        // ssh://git@host names a user; https://TOKEN@host does not.
        if (!text[..anchor].EndsWith("http", StringComparison.OrdinalIgnoreCase) && !text[..anchor].EndsWith("https", StringComparison.OrdinalIgnoreCase)) return false;
        secret = new Secret(start, start + at);
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
