using System.Security.Cryptography.X509Certificates;

namespace Aspire.Hosting.Dcp;

/// <summary>How the orchestrator of this run is reached.</summary>
internal sealed record DcpConnection(Uri Server, string Token, X509Certificate2 Authority)
{
    /// <summary>
    /// Reads the three values out of the file that the orchestrator writes. It is YAML of a fixed shape, so that a parser is not worth a package.
    /// Null as long as the file is not complete.
    /// </summary>
    public static DcpConnection? Read(string kubeconfig)
    {
        string? server = null, token = null, authority = null;
        foreach (var line in kubeconfig.Split('\n'))
        {
            var text = line.AsSpan().Trim().TrimStart("- ");
            server ??= Value(text, "server:");
            token ??= Value(text, "token:");
            authority ??= Value(text, "certificate-authority-data:");
        }

        // The last line of the file is the token: its line feed tells that it is whole.
        if (server is null || token is null || authority is null || !kubeconfig.EndsWith('\n')) return null;
        return new(new Uri(server), token, X509Certificate2.CreateFromPem(System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(authority))));
    }

    private static string? Value(ReadOnlySpan<char> line, string key) =>
        line.StartsWith(key, StringComparison.Ordinal) && line[key.Length..].Trim() is { Length: > 0 } value ? value.ToString() : null;
}
