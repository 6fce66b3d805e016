namespace Qdrant.Local.Queries;

/// <summary>How examples are weighed.</summary>
internal enum RecommendStrategy
{
    /// <summary>One search with positive mean + (positive mean − negative mean).</summary>
    AverageVector,

    /// <summary>By the nearest example, good or bad.</summary>
    BestScore,

    /// <summary>By the sum over good ones less the sum over bad ones.</summary>
    SumScores,
}
