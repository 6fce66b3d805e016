namespace Rag.Observability.Errors;

/// <summary>The state of the thing does not allow the change. Answered as 409.</summary>
public sealed class ConflictException(string publicMessage, string? internalDetail = null, Exception? innerException = null)
    : RagException(ErrorCatalogue.Conflict, publicMessage, internalDetail, innerException);
