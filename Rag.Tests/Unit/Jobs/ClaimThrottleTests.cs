using Microsoft.Extensions.Options;
using Rag.Core.Jobs;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Jobs;

public sealed class ClaimThrottleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ClaimThrottle _throttle;

    public ClaimThrottleTests() => _throttle = new ClaimThrottle(
        Options.Create(new JobWorkerOptions { FirstBackoff = TimeSpan.FromSeconds(1), LongestThrottle = TimeSpan.FromSeconds(8) }), _time, new Random(1));

    [Fact]
    public void Failures_of_single_jobs_between_successes_change_nothing()
    {
        for (var i = 0; i < 20; i++)
        {
            _throttle.DependencyFailed(retryAfter: null);
            _throttle.DependencyFailed(retryAfter: null);
            Assert.Equal(4, _throttle.Allow(4));
            _throttle.Succeeded();
        }
    }

    [Fact]
    public void After_failures_in_a_row_it_allows_nothing_then_one_probe_then_everything()
    {
        Fail(3);
        Assert.Equal(0, _throttle.Allow(4));

        _time.Advance(_throttle.Wait);
        Assert.Equal(1, _throttle.Allow(4));
        Assert.Equal(0, _throttle.Allow(4));

        _throttle.Succeeded();
        Assert.Equal(4, _throttle.Allow(4));
    }

    [Fact]
    public void The_pause_doubles_with_every_failed_probe_up_to_the_longest()
    {
        Fail(3);
        var pauses = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            pauses.Add(_throttle.Wait.TotalSeconds);
            _time.Advance(_throttle.Wait);
            Assert.Equal(1, _throttle.Allow(1));
            _throttle.DependencyFailed(retryAfter: null);
        }

        double[] longest = [1, 2, 4, 8, 8, 8, 8, 8];
        Assert.All(pauses.Zip(longest), pair => Assert.InRange(pair.First, pair.Second / 2, pair.Second));
    }

    [Fact]
    public void Late_failures_of_runs_from_before_the_pause_do_not_prolong_it()
    {
        Fail(3);
        var wait = _throttle.Wait;
        Fail(50);

        Assert.Equal(wait, _throttle.Wait);
    }

    [Fact]
    public void A_probe_that_finds_no_job_leaves_the_next_one_possible()
    {
        Fail(3);
        _time.Advance(_throttle.Wait);
        Assert.Equal(1, _throttle.Allow(4));
        _throttle.Unused();

        Assert.Equal(1, _throttle.Allow(4));
    }

    [Fact]
    public void It_waits_as_long_as_the_dependency_asks_within_bounds()
    {
        for (var i = 0; i < 3; i++) _throttle.DependencyFailed(TimeSpan.FromSeconds(6));
        Assert.Equal(6, _throttle.Wait.TotalSeconds);

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(1, _throttle.Allow(1));
        _throttle.DependencyFailed(TimeSpan.FromHours(1));
        Assert.Equal(8, _throttle.Wait.TotalSeconds);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++) _throttle.DependencyFailed(retryAfter: null);
    }
}
