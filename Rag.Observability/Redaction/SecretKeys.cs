using System.Buffers;

namespace Rag.Observability.Redaction;

/// <summary>Names whose values are secrets, whatever their case and separators: <c>Api-Key</c>, <c>api_key</c> and <c>apiKey</c> are one name.</summary>
internal static class SecretKeys
{
    private const int LongestName = 128;

    /// <summary>A name that contains one of these is a secret's name.</summary>
    private static readonly SearchValues<string> Parts = SearchValues.Create(
        [
            "password", "passwd", "passphrase", "secret", "apikey", "accesskey", "privatekey", "signingkey", "encryptionkey", "accesstoken", "refreshtoken",
            "idtoken", "authtoken", "bearertoken", "sessiontoken", "csrftoken", "authorization", "credential", "connectionstring", "cookie", "creditcard",
            "cardnumber", "socialsecurity",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Names too short to look for inside others: <c>token_count</c> and <c>tokens</c> are not secrets.</summary>
    private static readonly HashSet<string> Whole = new(StringComparer.OrdinalIgnoreCase) { "pwd", "pass", "token", "auth", "key", "ssn", "pin", "cvv", "jwt", "email", "otp", "dsn" };

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> WholeBySpan = Whole.GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool Contains(ReadOnlySpan<char> name)
    {
        // A name this long is no name: its value is treated as a secret.
        if (name.Length > LongestName) return true;

        Span<char> letters = stackalloc char[LongestName];
        var count = 0;
        foreach (var c in name)
        {
            if (char.IsLetterOrDigit(c)) letters[count++] = c;
        }

        ReadOnlySpan<char> bare = letters[..count];
        return bare.ContainsAny(Parts) || WholeBySpan.Contains(bare);
    }
}
