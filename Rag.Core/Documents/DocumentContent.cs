namespace Rag.Core.Documents;

/// <summary>A document that keeps all rules.</summary>
/// <param name="Metadata">Canonical JSON: an object of scalars, keys in ordinal order.</param>
/// <param name="Hash">Fingerprint of everything but the id: the same if and only if nothing changed.</param>
internal sealed record DocumentContent(
    string Id, string Title, string Text, string? Source, string SourceType, DateTimeOffset? PublishedAt, string Metadata, string Hash);
