namespace Rag.Observability.Errors;

/// <summary>The vector database failed or cannot be reached. Answered as 503.</summary>
/// <param name="operation">What was asked of it, for example <c>points/query</c>.</param>
/// <param name="status">The HTTP status that it answered, or null when it did not answer.</param>
public sealed class VectorDatabaseException(
    string publicMessage, string? internalDetail = null, Exception? innerException = null, string? operation = null, int? status = null)
    : RagException(ErrorCatalogue.VectorDatabase, publicMessage, internalDetail, innerException)
{
    public string? Operation { get; } = operation;

    public int? Status { get; } = status;
}
