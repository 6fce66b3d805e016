using System.Buffers;

namespace Rag.Observability.Redaction;

/// <summary>Names whose values are secrets, whatever their case and separators.</summary>
internal static class SecretNames
{
    private const int LongestName = 128;

    /// <summary>Without one of these in it, no name is a secret's: most names are passed over with this one look.</summary>
    private static readonly SearchValues<string> Stems = SearchValues.Create(
        ["pass", "pwd", "secret", "token", "key", "auth", "cookie", "credential", "jwt", "card", "cvv", "cvc", "ssn", "pin", "otp", "sig"], StringComparison.OrdinalIgnoreCase);

    /// <summary>A name that contains one of these is a secret's name.</summary>
    private static readonly SearchValues<string> Parts = SearchValues.Create(
        [
            "password", "passwd", "passphrase", "passcode", "pwd", "secret", "credential", "cardnumber", "creditcard",
            "apikey", "accesskey", "privatekey", "accountkey", "signingkey", "encryptionkey", "masterkey", "sharedkey", "subscriptionkey", "functionskey", "authkey",
            "hmackey", "licensekey", "storagekey", "adminkey", "sshkey", "servicekey", "deploykey", "appkey",
            "accesstoken", "refreshtoken", "authtoken", "bearertoken", "idtoken", "sessiontoken", "csrftoken", "xsrftoken", "apitoken", "bottoken", "securitytoken",
        ],
        StringComparison.Ordinal);

    /// <summary>A name that is one of these, or ends with it, is a secret's name.</summary>
    private static readonly string[] Endings = ["token", "authorization", "cookie", "cookies", "jwt"];

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Whole =
        Set("pass", "auth", "cvv", "cvc", "cvv2", "ssn", "pin", "otp", "sig", "xauth", "xamzsignature", "xgoogsignature");

    /// <summary>Names that end like a secret's and hold none.</summary>
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Harmless =
        Set("cancellationtoken", "stoppingtoken", "fencingtoken", "firsttoken", "timetofirsttoken", "pertoken", "timeperoutputtoken", "outputtoken", "inputtoken", "maxtoken");

    public static bool IsSecret(ReadOnlySpan<char> name)
    {
        // A name this long is no name: its value is treated as a secret.
        if (name.Length > LongestName) return true;
        return name.ContainsAny(Stems) && IsSecretNormalised(name);
    }

    /// <summary>Letters and digits only, in lower case.</summary>
    public static string Normalise(ReadOnlySpan<char> name)
    {
        Span<char> letters = name.Length <= LongestName ? stackalloc char[name.Length] : new char[name.Length];
        return new string(letters[..Normalise(name, letters)]);
    }

    private static bool IsSecretNormalised(ReadOnlySpan<char> name)
    {
        Span<char> buffer = stackalloc char[LongestName];
        ReadOnlySpan<char> bare = buffer[..Normalise(name, buffer)];
        if (Whole.Contains(bare) || bare.ContainsAny(Parts)) return true;
        if (Harmless.Contains(bare)) return false;

        foreach (var ending in Endings)
        {
            if (bare.EndsWith(ending, StringComparison.Ordinal)) return true;
        }

        return EndsWithPass(name);
    }

    /// <summary><c>db_pass</c> and <c>smtpPass</c>, but neither <c>bypass</c> nor <c>compass</c>.</summary>
    private static bool EndsWithPass(ReadOnlySpan<char> name)
    {
        const int length = 4;
        if (name.Length <= length || !name.EndsWith("pass", StringComparison.OrdinalIgnoreCase)) return false;
        var before = name[^(length + 1)];
        return !char.IsLetterOrDigit(before) || (name[^length] == 'P' && char.IsLower(before));
    }

    private static int Normalise(ReadOnlySpan<char> name, Span<char> letters)
    {
        var count = 0;
        foreach (var c in name)
        {
            if (char.IsLetterOrDigit(c)) letters[count++] = char.ToLowerInvariant(c);
        }

        return count;
    }

    private static HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Set(params string[] names) =>
        new HashSet<string>(names, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
}
