namespace Rag.Observability.Redaction.Shapes;

/// <summary>A name, and where its value begins.</summary>
/// <param name="Value">Index of the value's first character.</param>
/// <param name="Separator">What stands between the two.</param>
/// <param name="IsJson">The name is in double quotes.</param>
/// <param name="IsSpaced">There are spaces on both sides of the separator, as in the text of a record.</param>
internal readonly record struct SecretName(int Value, char Separator, bool IsJson, bool IsSpaced)
{
    public int Start { get; init; }

    public int End { get; init; }
}
