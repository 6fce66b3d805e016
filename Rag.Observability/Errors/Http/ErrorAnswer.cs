namespace Rag.Observability.Errors.Http;

/// <summary>What a failure becomes for the caller.</summary>
/// <param name="Descriptor">Code, status, category and severity.</param>
/// <param name="Message">Safe to show to anyone.</param>
internal sealed record ErrorAnswer(ErrorDescriptor Descriptor, string Message)
{
    public IReadOnlyList<FieldError> Fields { get; init; } = [];

    public IReadOnlyDictionary<string, object?> Details { get; init; } = EmptyDetails;

    public TimeSpan? RetryAfter { get; init; } = Descriptor.RetryAfter;

    private static readonly Dictionary<string, object?> EmptyDetails = new(StringComparer.Ordinal);

    public static ErrorAnswer ForStatus(int status)
    {
        var descriptor = ErrorCatalogue.ForStatus(status);
        return new ErrorAnswer(descriptor, descriptor.Title + ".");
    }
}
