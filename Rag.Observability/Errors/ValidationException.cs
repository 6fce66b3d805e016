namespace Rag.Observability.Errors;

/// <summary>The request is readable but breaks a rule. Answered as 422 with one entry per field.</summary>
public sealed class ValidationException(IReadOnlyList<FieldError> errors)
    : RagException(ErrorCatalogue.Validation, "The request is not valid: see error.details.errors.")
{
    public ValidationException(string field, string message, string type)
        : this([new FieldError(field, message, type)])
    {
    }

    public IReadOnlyList<FieldError> Errors { get; } = errors;
}
