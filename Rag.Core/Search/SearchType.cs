namespace Rag.Core.Search;

/// <summary>How a search finds documents.</summary>
public enum SearchType
{
    /// <summary>By words and by meaning.</summary>
    Hybrid,

    /// <summary>By meaning: nearness of embeddings.</summary>
    Semantic,

    /// <summary>By words: BM25.</summary>
    Keyword,
}
