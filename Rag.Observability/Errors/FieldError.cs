namespace Rag.Observability.Errors;

/// <summary>One field of a request that breaks a rule. Never holds the value that was sent.</summary>
/// <param name="Field">Path of the field as the caller wrote it, for example <c>documents[1].text</c>.</param>
/// <param name="Message">What is expected.</param>
/// <param name="Type">Machine-readable rule, for example <c>required</c>, <c>too_long</c>, <c>out_of_range</c>.</param>
public sealed record FieldError(string Field, string Message, string Type);
