namespace Rag.Observability.Errors;

/// <summary>The answer generator failed or cannot be reached. Answered as 503.</summary>
public sealed class GenerationException(string publicMessage, string? internalDetail = null, Exception? innerException = null)
    : RagException(ErrorCatalogue.Generation, publicMessage, internalDetail, innerException);
