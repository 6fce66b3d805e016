namespace Rag.Observability.Errors;

/// <summary>The caller is not known. Answered as 401.</summary>
public sealed class AuthenticationException(string publicMessage, string? internalDetail = null, Exception? innerException = null)
    : RagException(ErrorCatalogue.Authentication, publicMessage, internalDetail, innerException);
