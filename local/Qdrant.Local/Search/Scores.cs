using Qdrant.Local.Vectors;

namespace Qdrant.Local.Search;

/// <summary>Between ranks, where larger is always better, and the scores that Qdrant shows.</summary>
internal static class Scores
{
    public static float FromRank(float rank, Distance distance) => distance switch
    {
        Distance.Euclid => MathF.Sqrt(MathF.Abs(rank)),
        Distance.Manhattan => MathF.Abs(rank),
        _ => rank,
    };

    /// <summary>Whether a score is strictly better than a threshold.</summary>
    public static bool Beats(float score, float threshold, Distance distance) =>
        distance is Distance.Euclid or Distance.Manhattan ? score < threshold : score > threshold;
}
