namespace Rag.Observability.Redaction;

/// <summary>What a house has to hide beyond the built-in rules: configuration section <c>Redaction</c>.</summary>
public sealed class RedactionOptions
{
    public const string Section = "Redaction";

    /// <summary>Names whose values are secrets; case and separators do not matter.</summary>
    public IList<string> Keys { get; init; } = [];

    /// <summary>Regular expressions; what they match is masked. Each may take 50 ms for a text: beyond that the text is withheld.</summary>
    public IList<string> Patterns { get; init; } = [];
}
