using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Rag.Observability.Logging.Requests;

/// <summary>The session that a caller says its request belongs to, where it is a sane name.</summary>
internal static class Sessions
{
    private const string Header = "X-Session-ID";
    private const int Longest = 128;
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:");

    public static string? Of(HttpRequest request) =>
        request.Headers[Header] is [{ Length: > 0 and <= Longest } id] && !id.AsSpan().ContainsAnyExcept(Allowed) ? id : null;
}
