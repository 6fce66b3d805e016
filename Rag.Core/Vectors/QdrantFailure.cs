using System.Net;
using System.Text.Json;
using Rag.Observability.Errors;

namespace Rag.Core.Vectors;

/// <summary>Turns an error answer into an exception. Qdrant answers JSON, its authentication layer plain text, a proxy anything.</summary>
internal static class QdrantFailure
{
    private const int LongestReason = 500;

    public static async Task<VectorDatabaseException> ReadAsync(string operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var reason = Reason(body);
        if (reason.Length > LongestReason) reason = reason[..LongestReason];

        return new VectorDatabaseException(Message(response.StatusCode), $"{operation}: {(int)response.StatusCode} {reason}", null, operation, (int)response.StatusCode)
        {
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }

    private static string Message(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "The vector database refuses this service's key.",
        HttpStatusCode.TooManyRequests => "The vector database has too much to do.",
        >= HttpStatusCode.InternalServerError => "The vector database does not answer.",
        _ => "The vector database refuses the request.",
    };

    private static string Reason(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, QdrantJson.Default.Failure)?.Status?.Error ?? body;
        }
        catch (JsonException)
        {
            return body;
        }
    }
}
