namespace Rag.Observability.Errors;

/// <summary>The embedding model failed or cannot be reached. Answered as 503.</summary>
public sealed class EmbeddingServiceException(string publicMessage, string? internalDetail = null, Exception? innerException = null)
    : RagException(ErrorCatalogue.EmbeddingService, publicMessage, internalDetail, innerException);
