using Qdrant.Local.Filters;

namespace Qdrant.Local.Queries;

/// <summary>A query, or a prefetch of one.</summary>
/// <param name="Using">Name of the vector; empty for the unnamed one.</param>
/// <param name="Limit">How many points are wanted at most.</param>
/// <param name="Offset">How many of the best are left out.</param>
/// <param name="ScoreThreshold">Only better scores than this.</param>
/// <param name="UseQuantized">Whether an int8 copy may be gone over first.</param>
internal sealed record QueryRequest(
    Query? Query, string Using, Filter? Filter, ulong Limit, ulong Offset, float? ScoreThreshold, bool UseQuantized,
    IReadOnlyList<QueryRequest> Prefetch, Lookup? Lookup)
{
    public const ulong DefaultLimit = 10;
}
