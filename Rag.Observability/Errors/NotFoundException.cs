namespace Rag.Observability.Errors;

/// <summary>The thing asked for does not exist. Answered as 404.</summary>
public sealed class NotFoundException(string publicMessage, string? internalDetail = null, Exception? innerException = null)
    : RagException(ErrorCatalogue.NotFound, publicMessage, internalDetail, innerException);
