namespace Rag.Observability.ErrorTracking.Forwarding;

/// <summary>Where a Sentry project takes envelopes: <c>https://PUBLIC_KEY@host/PROJECT</c>.</summary>
internal sealed record SentryDsn(Uri Envelopes, string PublicKey)
{
    /// <exception cref="InvalidOperationException">The text is no DSN. It is not repeated, because it holds a key.</exception>
    public static SentryDsn Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length == 0 || uri.AbsolutePath.Trim('/').Length == 0)
            throw new InvalidOperationException("ErrorTracking:SentryDsn is not https://PUBLIC_KEY@host/PROJECT: copy it from the project's settings in Sentry.");

        var path = uri.AbsolutePath.TrimEnd('/');
        var slash = path.LastIndexOf('/');
        var address = new UriBuilder(uri.Scheme, uri.Host, uri.Port, $"{path[..slash]}/api/{path[(slash + 1)..]}/envelope/");
        return new SentryDsn(address.Uri, uri.UserInfo.Split(':')[0]);
    }
}
