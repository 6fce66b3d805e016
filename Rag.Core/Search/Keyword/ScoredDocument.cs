namespace Rag.Core.Search.Keyword;

/// <summary>A document and its BM25 score, larger is better.</summary>
internal sealed record ScoredDocument(string DocumentId, double Score);
