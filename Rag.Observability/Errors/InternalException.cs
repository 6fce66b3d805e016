namespace Rag.Observability.Errors;

/// <summary>A bug or an unforeseen state. Answered as 500 with a public message only.</summary>
public sealed class InternalException(string publicMessage, string? internalDetail = null, Exception? innerException = null)
    : RagException(ErrorCatalogue.Internal, publicMessage, internalDetail, innerException);
