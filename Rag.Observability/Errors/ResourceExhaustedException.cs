namespace Rag.Observability.Errors;

/// <summary>Something finite is used up: answered as 507 where it is storage, as 429 otherwise.</summary>
public sealed class ResourceExhaustedException(string publicMessage, bool isStorage = false, string? internalDetail = null, Exception? innerException = null)
    : RagException(isStorage ? ErrorCatalogue.StorageFull : ErrorCatalogue.ResourceExhausted, publicMessage, internalDetail, innerException);
