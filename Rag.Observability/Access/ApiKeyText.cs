using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Rag.Observability.Access;

/// <summary>How a key is written: <c>ragk_{id}_{secret}</c>. The prefix lets redactors and secret scanners know one when they see it.</summary>
internal static class ApiKeyText
{
    public const string Prefix = "ragk_";
    private const int IdBytes = 6;
    private const int SecretBytes = 32;
    private const int LongestKey = 256;

    public static (string Id, string Key) Create()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        return (id, Of(id));
    }

    public static string Of(string id) => $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";

    /// <returns>The id, or null when the text is no key of ours.</returns>
    public static string? IdOf(string key)
    {
        if (key.Length > LongestKey || !key.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var end = key.IndexOf('_', Prefix.Length);
        var id = end < 0 ? string.Empty : key[Prefix.Length..end];
        return id.Length == IdBytes * 2 && id.All(char.IsAsciiHexDigitLower) ? id : null;
    }

    /// <summary>A random secret of 256 bits cannot be guessed from its hash, so that no slow hash is needed.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
