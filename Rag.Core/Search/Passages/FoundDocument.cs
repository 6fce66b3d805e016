namespace Rag.Core.Search.Passages;

/// <summary>A visible document with the passages that may be shown for it, all read at one moment.</summary>
internal sealed record FoundDocument(string Id, string Title, string? Source, string SourceType, IReadOnlyList<FoundPassage> Passages);
