using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Rag.Observability.Errors.Http;

/// <summary>
/// What the framework says about a request that it could not bind. Its texts hold the caller's values and .NET type names,
/// so that only the place of the mistake is taken from them.
/// </summary>
internal static partial class BindingErrors
{
    private const string Body = "body";
    private const int LongestField = 200;
    private const int Milliseconds = 100;

    public static ErrorAnswer Translate(BadHttpRequestException exception)
    {
        var descriptor = ErrorCatalogue.ForStatus(exception.StatusCode);
        return descriptor == ErrorCatalogue.MalformedRequest
            ? new ErrorAnswer(descriptor, "The request cannot be read: see error.details.errors.") { Fields = [Field(exception)] }
            : new ErrorAnswer(descriptor, descriptor.Title + ".");
    }

    private static FieldError Field(BadHttpRequestException exception)
    {
        if (exception.InnerException is JsonException json) return Field(json);

        var message = exception.Message;
        if (message.Contains("from body", StringComparison.Ordinal) || message.Contains("no body was provided", StringComparison.Ordinal))
        {
            return new FieldError(Body, "A body of the documented format is required.", "required");
        }

        if (NotProvided().Match(message) is { Success: true } missing)
        {
            return new FieldError(missing.Groups["name"].Value, "A value is required.", "required");
        }

        if (NotBound().Match(message) is { Success: true } unbound)
        {
            return new FieldError(unbound.Groups["name"].Value, "The value is not of the documented type.", "wrong_type");
        }

        return new FieldError("request", "The request does not follow HTTP or the endpoint's documented shape.", "malformed");
    }

    private static FieldError Field(JsonException exception)
    {
        if (MissingProperties().Match(exception.Message) is { Success: true } missing)
        {
            return new FieldError(missing.Groups["names"].Value.Replace("'", string.Empty, StringComparison.Ordinal), "A value is required.", "required");
        }

        var field = exception.Path is { Length: > 1 } path ? path.TrimStart('$').TrimStart('.') : Body;
        if (field.Length > LongestField) field = field[..LongestField];

        // A failed conversion has the type's name in its text, a syntax error the character that was not expected.
        return exception.Message.Contains("could not be converted", StringComparison.Ordinal)
            ? new FieldError(field, "The value is not of the documented type.", "wrong_type")
            : new FieldError(field, "This is not valid JSON.", "malformed_json");
    }

    [GeneratedRegex("Required parameter \"([^\"]+ )?(?<name>[A-Za-z0-9_]+)\"", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex NotProvided();

    [GeneratedRegex("Failed to (bind|read) parameter \"([^\"]+ )?(?<name>[A-Za-z0-9_]+)\"", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex NotBound();

    [GeneratedRegex("missing required properties including: (?<names>('[A-Za-z0-9_]+'(, )?)+)", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex MissingProperties();
}
