namespace Rag.Observability.Errors;

/// <summary>A failure the system knows by name: it carries everything that the answer, the log line, the metric and the error group need.</summary>
public abstract class RagException(ErrorDescriptor descriptor, string publicMessage, string? internalDetail = null, Exception? innerException = null)
    : Exception(internalDetail is null ? publicMessage : $"{publicMessage} ({internalDetail})", innerException)
{
    public ErrorDescriptor Descriptor { get; } = descriptor;

    /// <summary>Safe to show to any caller.</summary>
    public string PublicMessage { get; } = publicMessage;

    /// <summary>For logs and the error store only; never part of an answer.</summary>
    public string? InternalDetail { get; } = internalDetail;

    /// <summary>Public, machine-readable particulars for the answer's <c>error.details</c>.</summary>
    public IReadOnlyDictionary<string, object?> Details { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>When a retry may help; answered as the <c>Retry-After</c> header.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
