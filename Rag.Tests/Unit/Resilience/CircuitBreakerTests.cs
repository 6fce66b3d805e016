using Rag.Observability.Resilience.Breaker;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Resilience;

public sealed class CircuitBreakerTests
{
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests() => _breaker = new CircuitBreaker("qdrant", "", new BreakerOptions(0.5, 4, TimeSpan.FromSeconds(30), Break), _time);

    [Fact]
    [Trait("Seed", "R1")]
    public void Failures_far_apart_never_open_it()
    {
        for (var i = 0; i < 1000; i++)
        {
            Call(CallOutcome.Failure);
            _time.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Equal(BreakerState.Closed, _breaker.Status().State);
    }

    [Fact]
    [Trait("Seed", "R1")]
    public void The_ratio_within_the_window_opens_it_not_the_count()
    {
        for (var i = 0; i < 90; i++) Call(i % 3 == 2 ? CallOutcome.Failure : CallOutcome.Success);
        Assert.Equal(BreakerState.Closed, _breaker.Status().State);

        _time.Advance(TimeSpan.FromSeconds(60));
        Call(CallOutcome.Success);
        Call(CallOutcome.Success);
        Call(CallOutcome.Failure);
        Assert.Equal(BreakerState.Closed, _breaker.Status().State);
        Call(CallOutcome.Failure);
        Assert.Equal(BreakerState.Open, _breaker.Status().State);
    }

    [Fact]
    [Trait("Seed", "R2")]
    public async Task Half_open_lets_exactly_one_of_many_through()
    {
        Open();
        _time.Advance(Break);

        var admitted = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => _breaker.TryEnter(out BreakerCall _, out BreakerState? _) is null)));

        Assert.Equal(1, admitted.Count(a => a));
    }

    [Fact]
    [Trait("Seed", "R3")]
    public void A_cancelled_probe_makes_the_next_call_the_probe()
    {
        Open();
        _time.Advance(Break);
        var probe = Enter();

        _breaker.Settle(probe, CallOutcome.Unknown);

        Call(CallOutcome.Success);
        Assert.Equal(BreakerState.Closed, _breaker.Status().State);
    }

    [Fact]
    [Trait("Seed", "R3")]
    public void A_probe_that_never_returns_keeps_nobody_out_for_good()
    {
        Open();
        _time.Advance(Break);
        var lost = Enter();
        Assert.NotNull(_breaker.TryEnter(out _, out _));

        _time.Advance(Break);
        var second = Enter();
        _breaker.Settle(lost, CallOutcome.Failure);
        Assert.Equal(BreakerState.HalfOpen, _breaker.Status().State);
        _breaker.Settle(second, CallOutcome.Success);

        Assert.Equal(BreakerState.Closed, _breaker.Status().State);
    }

    [Fact]
    [Trait("Seed", "R4")]
    public void Late_failures_of_calls_from_before_do_not_extend_the_open_time()
    {
        var early = Enter();
        Open();
        _time.Advance(Break - TimeSpan.FromSeconds(1));

        _breaker.Settle(early, CallOutcome.Failure);

        Assert.Equal(TimeSpan.FromSeconds(1), _breaker.Status().RetryAfter);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Seed", "R4")]
    public void A_late_outcome_of_an_old_call_neither_closes_nor_reopens_a_half_open_breaker(bool succeeded)
    {
        var early = Enter();
        Open();
        _time.Advance(Break);
        var probe = Enter();

        _breaker.Settle(early, succeeded ? CallOutcome.Success : CallOutcome.Failure);

        Assert.Equal(BreakerState.HalfOpen, _breaker.Status().State);
        _breaker.Settle(probe, CallOutcome.Failure);
        Assert.Equal(BreakerState.Open, _breaker.Status().State);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [Trait("Seed", "R6")]
    public void Moving_the_clock_neither_shortens_nor_lengthens_the_open_time(int days)
    {
        Open();

        _time.SetClock(_time.GetUtcNow().AddDays(days));

        Assert.Equal(Break, _breaker.TryEnter(out _, out _));
        _time.Advance(Break);
        Assert.Null(_breaker.TryEnter(out _, out _));
    }

    [Fact]
    [Trait("Seed", "R7")]
    public void What_says_nothing_about_the_dependency_is_not_counted()
    {
        for (var i = 0; i < 100; i++) Call(CallOutcome.Unknown);

        Assert.Equal((BreakerState.Closed, 0), (_breaker.Status().State, _breaker.Status().Calls));
    }

    [Fact]
    public void Closing_forgets_the_failures_of_before()
    {
        Open();
        _time.Advance(Break);
        Call(CallOutcome.Success);

        Call(CallOutcome.Failure);

        Assert.Equal(BreakerState.Closed, _breaker.Status().State);
    }

    [Fact]
    [Trait("Seed", "R8")]
    public async Task Concurrent_calls_lose_no_count()
    {
        var quiet = new CircuitBreaker("x", "", new BreakerOptions(1, int.MaxValue, TimeSpan.FromSeconds(30), Break), _time);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                quiet.TryEnter(out var call, out BreakerState? _);
                quiet.Settle(call, i % 2 == 0 ? CallOutcome.Failure : CallOutcome.Success);
            }
        })));

        Assert.Equal((80_000, 40_000), (quiet.Status().Calls, quiet.Status().Failures));
    }

    private void Open()
    {
        while (_breaker.Status().State == BreakerState.Closed) Call(CallOutcome.Failure);
    }

    private BreakerCall Enter()
    {
        Assert.Null(_breaker.TryEnter(out var call, out _));
        return call;
    }

    private void Call(CallOutcome outcome) => _breaker.Settle(Enter(), outcome);
}
