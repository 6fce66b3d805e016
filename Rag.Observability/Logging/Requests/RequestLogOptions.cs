namespace Rag.Observability.Logging.Requests;

/// <summary>Configuration section <c>Logging:Requests</c>.</summary>
public sealed class RequestLogOptions
{
    public const string Section = "Logging:Requests";

    /// <summary>
    /// Addresses of reverse proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed; by default none, because any caller can send them.
    /// </summary>
    public IList<string> TrustedProxies { get; init; } = [];
}
