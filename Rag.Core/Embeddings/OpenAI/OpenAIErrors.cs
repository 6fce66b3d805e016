using System.ClientModel;
using System.Globalization;
using System.Text.Json;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Rag.Observability.Errors;
using Rag.Observability.Resilience;

namespace Rag.Core.Embeddings.OpenAI;

/// <summary>What failures of the package and of the server mean to the rest of the system.</summary>
internal static class OpenAIErrors
{
    /// <summary>The same request may succeed later.</summary>
    public static bool IsTransient(Exception failure) => IsOutage(failure) || (failure is ClientResultException { Status: 429 } busy && !IsOutOfQuota(busy));

    /// <summary>The server did not do its work: it answered 5xx or 408, half an answer, or nothing.</summary>
    public static bool IsOutage(Exception failure) => failure switch
    {
        ClientResultException answer => answer.Status is 0 or 408 or >= 500,
        TimeoutRejectedException or IOException or HttpRequestException or JsonException => true,
        _ => false,
    };

    /// <summary>The wait that the server asks for, or null when it names none.</summary>
    public static TimeSpan? RetryAfter(Exception failure, TimeProvider time)
    {
        if (failure is not ClientResultException answer || answer.GetRawResponse() is not { } response) return null;
        if (!response.Headers.TryGetValue("Retry-After", out var value) || value is null) return null;
        if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < TimeSpan.FromDays(1).TotalSeconds)
            return TimeSpan.FromSeconds(seconds);
        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)) return null;
        var wait = date - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    public static EmbeddingServiceException Translate(Exception failure, EmbeddingOptions options, TimeProvider time) => failure switch
    {
        EmbeddingServiceException known => known,
        BrokenCircuitException broken => new(
            "The embedding server keeps failing and is left alone for a moment.", broken.Message, broken)
        { RetryAfter = broken.RetryAfter },
        RateLimiterRejectedException busy => new("Too many calls to the embedding server are under way.", busy.Message, busy),
        TimeoutRejectedException late => new($"The embedding server did not answer within {options.Timeout.TotalSeconds:0.#} s.", late.Message, late),
        ClientResultException { Status: 401 or 403 } refused => new("The embedding server refuses the key: check Embeddings:ApiKey.", refused.Message, refused),
        ClientResultException { Status: 404 } unknown => new(
            $"The embedding server does not know the model {options.Model}: check Embeddings:Model and Embeddings:Endpoint.", unknown.Message, unknown),
        ClientResultException { Status: 429 } busy => new(
            IsOutOfQuota(busy) ? "The embedding server's quota is used up." : "The embedding server gets too many requests.", busy.Message, busy)
        { RetryAfter = RetryAfter(busy, time) },
        ClientResultException { Status: 0 } silent => new("The embedding server cannot be reached: check Embeddings:Endpoint.", silent.Message, silent),
        ClientResultException { Status: >= 500 or 408 } down => new(
            $"The embedding server failed with {down.Status}.", down.Message, down)
        { RetryAfter = RetryAfter(down, time) },
        ClientResultException answer => new($"The embedding server refuses the request with {answer.Status}.", answer.Message, answer),
        InvalidDataException wrong => new("The embedding server answers with something else than this model's vectors: check Embeddings:Model and Embeddings:Dimensions.", wrong.Message, wrong),
        _ => new("The embedding server's answer cannot be read.", failure.Message, failure),
    };

    // Sent with status 429 too, but no wait helps.
    private static bool IsOutOfQuota(ClientResultException answer) => answer.Message.Contains("insufficient_quota", StringComparison.Ordinal);
}
