namespace Rag.Observability.ErrorTracking.Upkeep;

/// <summary>
/// From how many occurrences in one hour on a group escalates, by what its last week was like. The formula is the one that Sentry documents for its issues:
/// the larger of a spike limit (average and standard deviation) and a burst limit (maximum and coefficient of variation); for groups younger than a week,
/// ten times their largest hour. Where Sentry weights the average it does not say how; here an hour of the last day counts as much as two of another.
/// </summary>
internal static class EscalationLimit
{
    private const int Day = 24;

    /// <summary>Below it, an hour is nobody's emergency whatever its history.</summary>
    private const double Least = 10;

    /// <param name="hours">Occurrences of each full hour of the last seven days, oldest first, those without any as 0.</param>
    /// <param name="isYoung">Whether the group is younger than a week.</param>
    public static double Of(IReadOnlyList<long> hours, bool isYoung)
    {
        if (hours.Count == 0) return Least;

        var max = (double)hours.Max();
        if (isYoung) return Math.Max(Least, 10 * max);

        var average = hours.Average();
        if (average == 0) return Least;

        var deviation = Math.Sqrt(hours.Average(count => (count - average) * (count - average)));
        var weights = hours.Select((_, i) => i >= hours.Count - Day ? 2.0 : 1.0).ToList();
        var weighted = hours.Zip(weights, (count, weight) => count * weight).Sum() / weights.Sum();

        var spike = weighted + (Math.Min(Math.Max((average + (5 * deviation)) / average, 5), 8) * average);
        var burst = max * Math.Min(Math.Max(2, 5 * Math.Exp(-0.65 * deviation / average)), 5);
        return Math.Max(Least, Math.Max(spike, burst));
    }
}
