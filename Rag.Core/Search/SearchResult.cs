namespace Rag.Core.Search;

/// <summary>A document that was found, with the passage of it that fits best.</summary>
/// <param name="Rank">Place among the results, from 1.</param>
/// <param name="DocumentId">The document.</param>
/// <param name="ChunkId">The passage.</param>
/// <param name="Title">The document's title.</param>
/// <param name="Heading">Path of the headings over the passage; empty when there is none.</param>
/// <param name="Text">The passage.</param>
/// <param name="Score">Larger is better. BM25 (from 0, open), cosine similarity (-1..1) or, for hybrid, the weighted sum of both after scaling each to 0..1.</param>
/// <param name="Source">Where the document comes from.</param>
/// <param name="SourceType">Kind of source.</param>
/// <param name="Position">Where the passage stands in the document's text, in characters.</param>
/// <param name="Matches">Words of the query in the passage, in characters of <paramref name="Text"/>, in order.</param>
public sealed record SearchResult(
    int Rank, string DocumentId, Guid ChunkId, string Title, string Heading, string Text, double Score, string? Source, string SourceType,
    TextSpan Position, IReadOnlyList<TextSpan> Matches);
