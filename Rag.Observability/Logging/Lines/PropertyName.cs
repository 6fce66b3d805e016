using System.Text.Json;

namespace Rag.Observability.Logging.Lines;

/// <summary>What is known of a property by its name alone; found out once.</summary>
/// <param name="Encoded">The name in snake case, ready to be written.</param>
/// <param name="IsSecret">Whatever the value is, it is not shown.</param>
/// <param name="ContextField">Its place among the context's fields, or -1.</param>
/// <param name="IsNoise">Set by the framework on every line, and of no use.</param>
internal sealed record PropertyName(JsonEncodedText Encoded, bool IsSecret, int ContextField, bool IsNoise)
{
    public const int RequestId = 0;
    public const int UserId = 1;
    public const int SessionId = 2;
    public const int Operation = 3;
    public const int Component = 4;
    public const int ContextFields = 5;
}
