using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Rag.Observability.Errors;
using Rag.Observability.Resilience;
using Rag.Observability.Resilience.Breaker;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Resilience;

/// <summary>The same pipeline for what is not called over HTTP.</summary>
public sealed class DependencyTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogCollector _logs = new();
    private ServiceProvider? _services;
    private int _calls;

    [Fact]
    [Trait("Seed", "R11")]
    public async Task Only_idempotent_calls_are_repeated()
    {
        var dependency = Create();

        await Assert.ThrowsAsync<NpgsqlException>(() => WithTimePassingAsync(dependency.CallAsync<int>(_ => Fail(new NpgsqlException("gone"))).AsTask()));
        Assert.Equal(1, _calls);
        await Assert.ThrowsAsync<NpgsqlException>(() => WithTimePassingAsync(dependency.CallIdempotentAsync<int>(_ => Fail(new NpgsqlException("gone"))).AsTask()));
        Assert.Equal(5, _calls);
    }

    [Fact]
    [Trait("Seed", "R12")]
    [Trait("Seed", "R9")]
    public async Task Mistakes_are_neither_repeated_nor_counted_nor_dressed_up()
    {
        var dependency = Create(o => o.MinimumThroughput = 2);
        Exception[] mistakes =
        [
            new InvalidOperationException("bug"), new ArgumentNullException("x"), new ValidationException("f", "m", "t"), new NotFoundException("x"),
            new PostgresException("duplicate", "ERROR", "ERROR", PostgresErrorCodes.UniqueViolation), new FormatException(),
        ];

        foreach (var mistake in mistakes)
        {
            var thrown = await Assert.ThrowsAnyAsync<Exception>(() => dependency.CallIdempotentAsync<int>(_ => Fail(mistake)).AsTask());
            Assert.Same(mistake, thrown);
        }

        Assert.Equal(mistakes.Length, _calls);
        Assert.Equal((BreakerState.Closed, 0), (Status().State, Status().Failures));
    }

    [Fact]
    [Trait("Seed", "R10")]
    public async Task No_retries_means_one_call_and_its_own_result()
    {
        var dependency = Create(o => o.MaxRetryAttempts = 0);

        Assert.Equal(7, await dependency.CallIdempotentAsync(_ => ValueTask.FromResult(7)));
        await Assert.ThrowsAsync<TimeoutException>(() => dependency.CallIdempotentAsync<int>(_ => Fail(new TimeoutException())).AsTask());

        Assert.Equal(1, _calls);
    }

    [Fact]
    [Trait("Seed", "R5")]
    public async Task The_refusal_names_the_dependency_and_the_time_left()
    {
        var dependency = Create(o => o.MinimumThroughput = 2);
        await OpenAsync(dependency);
        _time.Advance(TimeSpan.FromSeconds(3));

        var refusal = await Assert.ThrowsAsync<BrokenCircuitException>(() => dependency.CallAsync(_ => ValueTask.FromResult(1)).AsTask());

        Assert.Equal(TimeSpan.FromSeconds(2), refusal.RetryAfter);
        Assert.Contains("'postgres' is open: the next attempt is possible in 2 s", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Seed", "R2")]
    public async Task Half_open_makes_one_call_of_fifty_and_the_rest_wait_for_nobody()
    {
        var dependency = Create(o => o.MinimumThroughput = 2);
        await OpenAsync(dependency);
        _time.Advance(TimeSpan.FromSeconds(5));
        var release = new TaskCompletionSource();
        _calls = 0;

        var calls = Enumerable.Range(0, 50).Select(_ => dependency.CallAsync(async _ =>
        {
            Interlocked.Increment(ref _calls);
            await release.Task;
            return 1;
        }).AsTask()).ToList();
        await Eventually.IsTrueAsync(() => calls.Count(c => c.IsFaulted) == 49, "The refused calls did not return.");

        release.SetResult();
        await Assert.ThrowsAsync<BrokenCircuitException>(() => Task.WhenAll(calls));
        Assert.Equal(1, _calls);
        Assert.Equal(BreakerState.Closed, Status().State);
    }

    [Fact]
    [Trait("Seed", "R3")]
    public async Task A_probe_that_is_cancelled_or_fails_strangely_does_not_freeze_the_breaker()
    {
        var dependency = Create(o => o.MinimumThroughput = 2);
        await OpenAsync(dependency);
        _time.Advance(TimeSpan.FromSeconds(5));
        using var cancelled = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dependency.CallAsync<int>(async token =>
        {
            await cancelled.CancelAsync();
            token.ThrowIfCancellationRequested();
            return 1;
        }, cancelled.Token).AsTask());
        await Assert.ThrowsAsync<InvalidCastException>(() => dependency.CallAsync<int>(_ => Fail(new InvalidCastException())).AsTask());

        Assert.Equal(1, await dependency.CallAsync(_ => ValueTask.FromResult(1)));
        Assert.Equal(BreakerState.Closed, Status().State);
    }

    [Fact]
    public async Task An_attempt_that_hangs_is_ended_and_repeated()
    {
        var dependency = Create();

        var result = await WithTimePassingAsync(dependency.CallIdempotentAsync(async token =>
        {
            if (Interlocked.Increment(ref _calls) == 1) await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return _calls;
        }).AsTask());

        Assert.Equal(2, result);
    }

    [Fact]
    [Trait("Seed", "R11")]
    public async Task The_total_timeout_holds_for_all_attempts_together()
    {
        var dependency = Create(o => o.TotalTimeout = TimeSpan.FromSeconds(15));

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => WithTimePassingAsync(dependency.CallIdempotentAsync(async token =>
        {
            Interlocked.Increment(ref _calls);
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return 1;
        }).AsTask()));

        Assert.Equal(2, _calls);
    }

    [Fact]
    [Trait("Seed", "R8")]
    public async Task State_is_a_metric_a_health_detail_a_span_event_and_one_log_line_for_each_transition()
    {
        var dependency = Create(o => o.MinimumThroughput = 2);
        using var source = new ActivitySource(nameof(DependencyTests));
        using var activities = new ActivityListener { ShouldListenTo = s => s == source, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(activities);
        using var events = new Measurements(_services!.GetRequiredService<IMeterFactory>(), "rag.resilience.events");
        using var span = source.StartActivity("work")!;

        await OpenAsync(dependency);
        Assert.Equal(2, GaugeValue());
        var health = await _services!.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Equal("postgres: open, next attempt in 5 s", health.Entries["circuit_breakers"].Description);

        _time.Advance(TimeSpan.FromSeconds(5));
        await dependency.CallAsync(_ => ValueTask.FromResult(1));

        Assert.Equal(0, GaugeValue());
        Assert.Equal(["breaker_opened", "breaker_half_opened", "breaker_closed"], events.Values("event"));
        Assert.Equal(["breaker_opened", "breaker_half_opened", "breaker_closed"], span.Events.Select(e => e.Name));
        Assert.Equal(["Circuit breaker of postgres opened", "Circuit breaker of postgres closed"],
            _logs.Lines.Where(l => l.Category.Contains("Resilience", StringComparison.Ordinal)).Select(l => l.Message));
    }

    [Fact]
    [Trait("Seed", "R8")]
    public async Task Retries_and_timeouts_are_counted_and_leave_events_on_the_span()
    {
        var dependency = Create();
        using var source = new ActivitySource(nameof(Retries_and_timeouts_are_counted_and_leave_events_on_the_span));
        using var activities = new ActivityListener { ShouldListenTo = s => s == source, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(activities);
        using var events = new Measurements(_services!.GetRequiredService<IMeterFactory>(), "rag.resilience.events");
        using var span = source.StartActivity("work")!;

        await WithTimePassingAsync(dependency.CallIdempotentAsync(async token =>
        {
            if (Interlocked.Increment(ref _calls) == 1) await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return 1;
        }).AsTask());

        Assert.Equal(["timeout", "retry"], events.Values("event"));
        Assert.Equal(["postgres", "postgres"], events.Values("dependency"));
        var retry = Assert.Single(span.Events, e => e.Name == "retry");
        Assert.Contains(retry.Tags, t => t is { Key: "attempt", Value: 1 });
        Assert.Contains(retry.Tags, t => t is { Key: "error.type", Value: "Polly.Timeout.TimeoutRejectedException" });
    }

    [Fact]
    [Trait("Seed", "E14")]
    public async Task A_telemetry_listener_that_throws_fails_no_call()
    {
        var dependency = Create();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == _services!.GetRequiredService<IMeterFactory>()) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("the sink fails"));
        listener.Start();

        Assert.Equal(1, await dependency.CallAsync(_ => ValueTask.FromResult(1)));
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
    }

    private Dependency Create(Action<DependencyOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddLogging(logging => logging.AddProvider(_logs));
        services.AddDependency("postgres", configure);
        _services = services.BuildServiceProvider();
        return _services.GetRequiredKeyedService<Dependency>("postgres");
    }

    private BreakerStatus Status() => Assert.Single(_services!.GetRequiredService<Breakers>().Status);

    private ValueTask<int> Fail(Exception exception)
    {
        Interlocked.Increment(ref _calls);
        return ValueTask.FromException<int>(exception);
    }

    private async Task OpenAsync(Dependency dependency)
    {
        while (Status().State == BreakerState.Closed)
        {
            await Assert.ThrowsAsync<NpgsqlException>(() => dependency.CallAsync<int>(_ => Fail(new NpgsqlException("gone"))).AsTask());
        }
    }

    private int GaugeValue()
    {
        using var state = new Measurements(_services!.GetRequiredService<IMeterFactory>(), "rag.resilience.breaker.state");
        return Assert.Single(state.Observe());
    }

    private async Task<T> WithTimePassingAsync<T>(Task<T> call)
    {
        await Eventually.IsTrueAsync(
            () =>
            {
                if (call.IsCompleted) return true;
                _time.Advance(TimeSpan.FromMilliseconds(500));
                return false;
            },
            "The call did not end.");
        return await call;
    }
}
