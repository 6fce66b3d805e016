namespace Rag.Observability.Redaction.Shapes;

/// <summary>Private keys in PEM (RFC 7468), with real or escaped line breaks, also when the end is cut off. Certificates and public keys stay.</summary>
internal static class PrivateKeys
{
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Dashes = "-----";
    private const int LongestLabel = 64;

    /// <param name="text">The whole text.</param>
    /// <param name="anchor">Index of <c>-----BEGIN </c>.</param>
    /// <param name="secret">The key.</param>
    public static bool TryMatch(ReadOnlySpan<char> text, int anchor, out Secret secret)
    {
        secret = Secret.None;
        var rest = text[anchor..];
        var label = rest.Slice(Begin.Length, Math.Min(LongestLabel, rest.Length - Begin.Length));
        var close = label.IndexOf(Dashes);
        if (!(close < 0 ? label : label[..close]).Contains("PRIVATE", StringComparison.OrdinalIgnoreCase)) return false;

        // No quote belongs to a key: where one comes first, the text that held the key was cut.
        var quote = rest.IndexOfAny('"', '\'');
        if (quote >= 0) rest = rest[..quote].TrimEnd('\\');
        var end = rest.IndexOf(End);
        if (end >= 0)
        {
            var closing = rest[(end + End.Length)..].IndexOf(Dashes);
            end = closing < 0 ? -1 : end + End.Length + closing + Dashes.Length;
        }

        secret = new Secret(anchor, anchor + (end < 0 ? rest.Length : end));
        return true;
    }
}
