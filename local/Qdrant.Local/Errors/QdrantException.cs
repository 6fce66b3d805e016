namespace Qdrant.Local.Errors;

/// <summary>A refusal as Qdrant words it: the HTTP status and the text that goes into <c>status.error</c>.</summary>
internal sealed class QdrantException(int status, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>HTTP status code of the answer.</summary>
    public int Status { get; } = status;

    public static QdrantException WrongInput(string text) => new(StatusCodes.Status400BadRequest, $"Wrong input: {text}");

    public static QdrantException BadRequest(string text) => new(StatusCodes.Status400BadRequest, $"Bad request: {text}");

    /// <summary>The body is JSON, but not of the shape that is asked for (or no JSON at all).</summary>
    public static QdrantException Format(string text, Exception? inner = null) =>
        new(StatusCodes.Status400BadRequest, $"Format error in JSON body: {text}", inner);

    public static QdrantException QueryParameter(string text) =>
        new(StatusCodes.Status400BadRequest, $"Deserialize error in query parameters: {text}");

    public static QdrantException Validation(string where, string violations) =>
        new(StatusCodes.Status422UnprocessableEntity, $"Validation error in {where}: [{violations}]");

    public static QdrantException NotFound(string text) => new(StatusCodes.Status404NotFound, $"Not found: {text}");

    public static QdrantException CollectionNotFound(string name) => NotFound($"Collection `{name}` doesn't exist!");

    public static QdrantException AlreadyExists(string name) =>
        new(StatusCodes.Status409Conflict, $"Wrong input: Collection `{name}` already exists!");

    public static QdrantException Dimension(int expected, int actual) =>
        WrongInput($"Vector dimension error: expected dim: {expected}, got {actual}");

    public static QdrantException NoSuchVector(string name) => WrongInput($"Not existing vector name error: {name}");

    /// <summary>The disk took no more bytes; nothing of the operation was kept.</summary>
    public static QdrantException InsufficientStorage(string text, Exception? inner = null) =>
        new(StatusCodes.Status507InsufficientStorage, $"Insufficient storage: {text}", inner);

    public static QdrantException Internal(string text, Exception? inner = null) =>
        new(StatusCodes.Status500InternalServerError, $"Service internal error: {text}", inner);
}
