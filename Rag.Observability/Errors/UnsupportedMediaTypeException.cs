namespace Rag.Observability.Errors;

/// <summary>The content is of a kind that is not read here. Answered as 415 with the kinds that are.</summary>
public sealed class UnsupportedMediaTypeException : RagException
{
    /// <param name="supported">What is read, for example file extensions; part of the answer as <c>error.details.supported</c>.</param>
    public UnsupportedMediaTypeException(string publicMessage, IReadOnlyList<string> supported, string? internalDetail = null, Exception? innerException = null)
        : base(ErrorCatalogue.UnsupportedMediaType, publicMessage, internalDetail, innerException)
    {
        Supported = supported;
        Details = new Dictionary<string, object?>(StringComparer.Ordinal) { ["supported"] = supported };
    }

    public IReadOnlyList<string> Supported { get; }
}
