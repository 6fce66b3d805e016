using System.ComponentModel.DataAnnotations;

namespace Rag.Core.Search;

/// <summary>Settings of the section <c>Search</c>.</summary>
public sealed class SearchOptions
{
    public const string Section = "Search";

    /// <summary>Share of the keyword score in a hybrid score; the rest is the semantic score's.</summary>
    [Range(0.0, 1.0)]
    public double KeywordWeight { get; set; } = 0.55;

    /// <summary>BM25: how soon repetition of a term stops counting.</summary>
    [Range(0.0, 10.0)]
    public double K1 { get; set; } = 1.2;

    /// <summary>BM25: how much long documents are held back, 0 not at all, 1 in full.</summary>
    [Range(0.0, 1.0)]
    public double B { get; set; } = 0.75;

    /// <summary>How many documents the keyword search hands to fusion, at least.</summary>
    [Range(1, 10_000)]
    public int KeywordDepth { get; set; } = 200;

    /// <summary>How many passages the semantic search hands to fusion, at least.</summary>
    [Range(1, 10_000)]
    public int SemanticDepth { get; set; } = 200;

    /// <summary>Up to so many documents, the statistics of BM25 are read for each query; beyond, they are kept for <see cref="StatisticsAge"/>.</summary>
    [Range(0, int.MaxValue)]
    public int ExactStatisticsBelow { get; set; } = 10_000;

    /// <summary>How old the statistics of a large collection may be.</summary>
    public TimeSpan StatisticsAge { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for embedding and vector store. A hybrid search then answers from keywords alone.</summary>
    public TimeSpan SemanticDeadline { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest wait for PostgreSQL, for each of the two times it is asked.</summary>
    public TimeSpan DatabaseDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many passages of one document are read to find the best.</summary>
    [Range(1, 1000)]
    public int PassagesPerDocument { get; set; } = 64;
}
