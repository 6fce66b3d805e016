namespace Rag.Observability.Errors;

/// <summary>The caller asks too often. Answered as 429.</summary>
public sealed class RateLimitedException(string publicMessage, string? internalDetail = null, Exception? innerException = null)
    : RagException(ErrorCatalogue.RateLimited, publicMessage, internalDetail, innerException);
