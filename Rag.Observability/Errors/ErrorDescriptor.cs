namespace Rag.Observability.Errors;

/// <summary>One entry of the error catalogue.</summary>
/// <param name="Code">Stable upper-case code, for example <c>VECTOR_DATABASE_UNAVAILABLE</c>.</param>
/// <param name="Category">What kind of thing went wrong.</param>
/// <param name="Severity">How bad it is by default.</param>
/// <param name="StatusCode">HTTP status of the answer.</param>
/// <param name="Title">Short text that is the same for every occurrence.</param>
public sealed record ErrorDescriptor(string Code, ErrorCategory Category, ErrorSeverity Severity, int StatusCode, string Title);
