#pragma warning disable IDE0130 // The namespace is the official package's.
namespace Polly;

/// <summary>The request of a pipeline's execution.</summary>
public static class HttpResilienceContextExtensions
{
    internal static readonly ResiliencePropertyKey<TimeProvider> Time = new("Rag.TimeProvider");

    private static readonly ResiliencePropertyKey<HttpRequestMessage?> Request = new("Resilience.Http.RequestMessage");

    public static HttpRequestMessage? GetRequestMessage(this ResilienceContext context) => context.Properties.GetValue(Request, null);

    public static void SetRequestMessage(this ResilienceContext context, HttpRequestMessage? request) => context.Properties.Set(Request, request);
}
