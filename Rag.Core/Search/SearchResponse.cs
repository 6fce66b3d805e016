namespace Rag.Core.Search;

/// <summary>What a search found.</summary>
/// <param name="SearchId">Version 7 UUID; feedback refers to it.</param>
/// <param name="Type">How it looked.</param>
/// <param name="DegradedReason">Why it could not look in all the ways it should have (see <see cref="Search.DegradedReason"/>), or null.</param>
/// <param name="Took">Time from the question to the results.</param>
/// <param name="Results">The documents, best first, each once.</param>
public sealed record SearchResponse(Guid SearchId, SearchType Type, string? DegradedReason, TimeSpan Took, IReadOnlyList<SearchResult> Results)
{
    public bool IsDegraded => DegradedReason is not null;

    /// <summary>What it did without was not even asked: its circuit breaker is open.</summary>
    public bool IsBreakerOpen { get; init; }

    /// <summary>Weight of each term of the query: rarer terms say more. Empty for a semantic search.</summary>
    internal IReadOnlyDictionary<string, double> TermWeights { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);
}
