namespace Rag.Core.Search;

/// <summary>What to look for.</summary>
/// <param name="Query">The words or the question; not blank.</param>
/// <param name="Type">How to look.</param>
/// <param name="TopK">How many documents at most, 1 to 100.</param>
/// <param name="Filter">Which documents may be found; null for all.</param>
/// <param name="UserType">Kind of caller for the metrics, from a small fixed set.</param>
public sealed record SearchRequest(string Query, SearchType Type, int TopK, SearchFilter? Filter = null, string UserType = "anonymous");
