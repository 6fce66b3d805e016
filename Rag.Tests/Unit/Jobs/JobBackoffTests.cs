using Rag.Core.Jobs;

namespace Rag.Tests.Unit.Jobs;

public sealed class JobBackoffTests
{
    private static readonly JobWorkerOptions Options = new() { FirstBackoff = TimeSpan.FromSeconds(1), LongestBackoff = TimeSpan.FromSeconds(30) };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(5, 16)]
    [InlineData(6, 30)]
    [InlineData(60, 30)]
    [InlineData(int.MaxValue, 30)]
    public void Doubles_up_to_the_longest_and_is_spread_over_the_upper_half(int attempt, double longestSeconds)
    {
        var random = new Random(7);
        var pauses = Enumerable.Range(0, 500).Select(_ => JobBackoff.After(attempt, Options, random).TotalSeconds).ToList();

        Assert.All(pauses, pause => Assert.InRange(pause, longestSeconds / 2, longestSeconds));
        Assert.True(pauses.Max() - pauses.Min() > longestSeconds / 4, "The pauses are not spread.");
    }
}
