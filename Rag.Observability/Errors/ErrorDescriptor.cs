namespace Rag.Observability.Errors;

/// <summary>One entry of the error catalogue.</summary>
/// <param name="Code">Stable upper-case code, for example <c>VECTOR_DATABASE_UNAVAILABLE</c>.</param>
/// <param name="Category">What kind of thing went wrong.</param>
/// <param name="Severity">How bad it is by default.</param>
/// <param name="StatusCode">HTTP status of the answer.</param>
/// <param name="Title">Short text that is the same for every occurrence.</param>
public sealed record ErrorDescriptor(string Code, ErrorCategory Category, ErrorSeverity Severity, int StatusCode, string Title)
{
    /// <summary>The problem's type (RFC 9457), for example <c>urn:rag:error:VECTOR_DATABASE_UNAVAILABLE</c>.</summary>
    public string TypeUri { get; } = "urn:rag:error:" + Code;

    /// <summary>What the reader of the answer can do about it.</summary>
    public string Remedy { get; init; } = string.Empty;

    /// <summary>When a retry may help, unless the failure itself knows better; null where repeating the same request cannot help.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
