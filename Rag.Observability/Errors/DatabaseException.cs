namespace Rag.Observability.Errors;

/// <summary>PostgreSQL failed or cannot be reached. Answered as 503.</summary>
public sealed class DatabaseException(string publicMessage, string? internalDetail = null, Exception? innerException = null)
    : RagException(ErrorCatalogue.Database, publicMessage, internalDetail, innerException);
