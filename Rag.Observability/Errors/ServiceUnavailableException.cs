namespace Rag.Observability.Errors;

/// <summary>Something that the service needs, and that has no exception of its own, does not answer. Answered as 503.</summary>
public sealed class ServiceUnavailableException(string publicMessage, string? internalDetail = null, Exception? innerException = null)
    : RagException(ErrorCatalogue.ServiceUnavailable, publicMessage, internalDetail, innerException);
