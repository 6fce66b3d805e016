using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Rag.Observability.Errors;
using Rag.Observability.ErrorTracking;
using Rag.Observability.ErrorTracking.Grouping;
using Rag.Observability.Redaction;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.ErrorTracking;

public sealed class ErrorCaptureTests : IDisposable
{
    private static readonly ErrorContext Request = new(ErrorSource.Request) { Route = "GET /x" };
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ErrorTrackingOptions _options = new();

    [Fact]
    [Trait("Seed", "T1")]
    [Trait("Seed", "T7")]
    public void Capture_works_from_any_thread_and_never_throws_or_waits()
    {
        _options.Capacity = 100;
        var tracker = Tracker();
        using var dropped = new Measurements(_services.GetRequiredService<IMeterFactory>(), "rag.errors.dropped");

        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 1000; i++) tracker.Capture(new InvalidOperationException($"{i}"), Request);
        })).ToList();
        threads.ForEach(t => t.Start());
        Assert.All(threads, t => Assert.True(t.Join(TimeSpan.FromSeconds(30))));

        Assert.Equal(100, tracker.Captured.Count);
        Assert.Equal(7900, dropped.Sum);
    }

    [Fact]
    public void The_current_trace_goes_with_the_error()
    {
        var tracker = Tracker();
        using var activity = new Activity("request").Start();

        tracker.Capture(new IOException("x"), Request);

        Assert.True(tracker.Captured.TryRead(out var captured));
        Assert.Equal(activity.TraceId.ToHexString(), captured.Context.TraceId);
    }

    [Fact]
    [Trait("Seed", "T3")]
    public void Ids_are_unique_and_share_their_first_half_with_the_group()
    {
        var tracker = Tracker();

        var ids = Enumerable.Range(0, 1000).Select(i => tracker.Capture(new IOException($"disk {i} failed"), Request)).ToList();

        Assert.Equal(1000, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Single(ids.Select(id => id[..16]).Distinct(StringComparer.Ordinal));
        Assert.All(ids, id => Assert.True(ErrorId.TryParse(id, out var parsed) && parsed.ToString() == id));
        Assert.NotEqual(ids[0][..16], tracker.Capture(new IOException("another thing"), Request)[..16]);
    }

    [Fact]
    [Trait("Seed", "T2")]
    public void A_repeat_keeps_its_own_user_and_request()
    {
        var aggregator = Aggregator();

        Add(aggregator, new IOException("disk 1"), Request with { User = "anna", RequestId = "r1" });
        Add(aggregator, new IOException("disk 2"), Request with { User = "ben", RequestId = "r2", Route = "GET /y" });

        var group = Assert.Single(aggregator.Take()!.Groups);
        Assert.Equal(2, group.Count);
        Assert.Equal(["r1", "r2"], group.Samples.Select(s => s.RequestId));
        Assert.Equal(["anna", "ben"], group.Users.Keys);
        Assert.Equal(["GET /x", "GET /y"], group.Routes.Keys);
    }

    [Fact]
    [Trait("Seed", "T10")]
    [Trait("Seed", "T4")]
    public void A_storm_is_counted_and_neither_grows_memory_nor_looks_at_every_stack()
    {
        var aggregator = Aggregator();
        var exception = GroupingTests.Thrown(() => throw new InvalidOperationException("storm"));
        for (var i = 0; i < 100; i++) Add(aggregator, exception, Request with { User = $"u{i}" });
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) aggregator.TryAdd(new CapturedError(new ErrorId(ErrorId.Of(exception, Request, Random.Shared).Key, (ulong)i), _time.GetUtcNow(), exception, Request));
        var perError = (GC.GetAllocatedBytesForCurrentThread() - before) / 10_000;

        var group = Assert.Single(aggregator.Take()!.Groups);
        Assert.Equal(10_100, group.Count);
        Assert.Equal(_options.SamplesPerFlush, group.Samples.Count);
        Assert.InRange(group.Users.Count, 1, 50);
        Assert.Single(group.Keys);

        // A stack trace alone would be several thousand bytes.
        Assert.InRange(perError, 0, 500);
    }

    [Fact]
    [Trait("Seed", "T4")]
    public void More_different_groups_than_the_limit_are_refused_not_kept()
    {
        _options.GroupsPerFlush = 10;
        var aggregator = Aggregator();

        var taken = Enumerable.Range(0, 100).Count(i => aggregator.TryAdd(Captured(new IOException(new string((char)('a' + (i % 26)), i + 1)), Request)));

        Assert.Equal(10, taken);
        Assert.Equal(10, aggregator.Take()!.Groups.Count);
    }

    [Fact]
    [Trait("Seed", "S9")]
    public void What_is_stored_is_redacted_and_personal_names_become_pseudonyms()
    {
        var aggregator = Aggregator();
        var exception = GroupingTests.Thrown(() => throw new IOException("login with password=hunter2 failed", new FormatException("token: hunter2")));

        Add(aggregator, exception, Request with { User = "anna@example.com" });
        Add(aggregator, exception, Request with { User = "anna@example.com" });

        var group = Assert.Single(aggregator.Take()!.Groups);
        var text = System.Text.Json.JsonSerializer.Serialize(group, ErrorJson.Default.Options);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("anna", text, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(group.Users).Value);
    }

    [Fact]
    [Trait("Seed", "E14")]
    public void An_exception_whose_own_members_throw_is_the_only_one_lost()
    {
        var aggregator = Aggregator();

        Assert.ThrowsAny<Exception>(() => aggregator.TryAdd(new CapturedError(new ErrorId(1, 1), _time.GetUtcNow(), new Hostile(), Request)));
        Add(aggregator, new IOException("x"), Request);

        Assert.Contains(aggregator.Take()!.Groups, g => g.Type == typeof(IOException).FullName);
    }

    [Fact]
    public async Task A_health_check_that_turns_unhealthy_is_captured_once_for_each_outage()
    {
        var tracker = Tracker();
        var transitions = new HealthTransitions(tracker);

        foreach (var status in new[] { HealthStatus.Healthy, HealthStatus.Unhealthy, HealthStatus.Unhealthy, HealthStatus.Degraded, HealthStatus.Healthy, HealthStatus.Unhealthy })
            await transitions.PublishAsync(Report(status), CancellationToken.None);

        Assert.Equal(2, tracker.Captured.Count);
        Assert.True(tracker.Captured.TryRead(out var captured));
        Assert.Equal((ErrorSource.Health, "postgres"), (captured.Context.Source, captured.Context.Route));
    }

    [Theory]
    [InlineData(HealthStatus.Healthy, 0)]
    [InlineData(HealthStatus.Unhealthy, 1)]
    public async Task What_is_unhealthy_at_the_first_look_has_until_the_second(HealthStatus second, int captured)
    {
        var tracker = Tracker();
        var transitions = new HealthTransitions(tracker);

        foreach (var status in new[] { HealthStatus.Unhealthy, second, second }) await transitions.PublishAsync(Report(status), CancellationToken.None);

        Assert.Equal(captured, tracker.Captured.Count);
    }

    public void Dispose() => _services.Dispose();

    private static HealthReport Report(HealthStatus status) => new(
        new Dictionary<string, HealthReportEntry>(StringComparer.Ordinal) { ["postgres"] = new(status, "gone", TimeSpan.Zero, null, null) }, TimeSpan.Zero);

    private ErrorTracker Tracker() => new(Options.Create(_options), _services.GetRequiredService<IMeterFactory>(), _time, Random.Shared);

    private ErrorAggregator Aggregator() => new(FingerprintRules.None, new Redactor(), new ServiceIdentity("api", "1.0.0", "Test"), _options);

    private void Add(ErrorAggregator aggregator, Exception exception, ErrorContext context) => Assert.True(aggregator.TryAdd(Captured(exception, context)));

    private CapturedError Captured(Exception exception, ErrorContext context) => new(ErrorId.Of(exception, context, Random.Shared), _time.GetUtcNow(), exception, context);

    private sealed class Hostile : Exception
    {
        public override string Message => throw new NotSupportedException("no message for you");
    }
}
