namespace Rag.Observability.Errors;

/// <summary>The caller is known and may not do this. Answered as 403.</summary>
public sealed class AuthorizationException(string publicMessage, string? internalDetail = null, Exception? innerException = null)
    : RagException(ErrorCatalogue.Authorization, publicMessage, internalDetail, innerException);
