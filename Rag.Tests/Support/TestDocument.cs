namespace Rag.Tests.Support;

/// <summary>A document as a test writes it down.</summary>
internal sealed record TestDocument(string Id, string Title, params string[] Passages)
{
    public string? Source { get; init; }

    public string SourceType { get; init; } = "text";

    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>JSON object.</summary>
    public string Metadata { get; init; } = "{}";
}
