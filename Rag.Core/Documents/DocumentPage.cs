namespace Rag.Core.Documents;

/// <summary>Some documents in the order of their ids.</summary>
/// <param name="NextCursor">Asks for those that follow; null behind the last.</param>
public sealed record DocumentPage(IReadOnlyList<Document> Documents, string? NextCursor);
