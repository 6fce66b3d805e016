namespace Rag.Core.Jobs;

/// <summary>The pause before a job's next run: exponential, capped, spread over its upper half so that jobs that failed together do not come back together.</summary>
internal static class JobBackoff
{
    /// <param name="attempt">Runs so far, 1 or more.</param>
    /// <param name="options">First and longest pause.</param>
    /// <param name="random">Source of the spread.</param>
    /// <returns>Between half of and the whole of <c>min(longest, first · 2^(attempt−1))</c>.</returns>
    public static TimeSpan After(int attempt, JobWorkerOptions options, Random random)
    {
        var exponential = options.FirstBackoff.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, 30));
        var capped = Math.Min(exponential, options.LongestBackoff.TotalSeconds);
        return TimeSpan.FromSeconds(capped * (0.5 + random.NextDouble() / 2));
    }
}
