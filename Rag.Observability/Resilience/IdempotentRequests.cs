namespace Rag.Observability.Resilience;

/// <summary>Tells calls that may be repeated from calls that may not: a retry of the latter could do the work twice.</summary>
public static class IdempotentRequests
{
    private static readonly HttpRequestOptionsKey<bool> Marked = new("Rag.Idempotent");

    /// <summary>Marks a POST or PATCH whose repetition has no further effect: a query, or an upsert under ids that the caller chose.</summary>
    public static HttpRequestMessage MarkIdempotent(this HttpRequestMessage request)
    {
        request.Options.Set(Marked, value: true);
        return request;
    }

    /// <summary>By method (RFC 9110 section 9.2.2), by mark, or by an <c>Idempotency-Key</c>; and only where the body can be sent again.</summary>
    public static bool CanBeRepeated(this HttpRequestMessage request) => IsIdempotent(request) && request.Content is not (StreamContent or MultipartContent);

    private static bool IsIdempotent(HttpRequestMessage request) =>
        (request.Method != HttpMethod.Post && request.Method != HttpMethod.Patch && request.Method != HttpMethod.Connect)
        || (request.Options.TryGetValue(Marked, out var marked) && marked)
        || request.Headers.Contains("Idempotency-Key");
}
