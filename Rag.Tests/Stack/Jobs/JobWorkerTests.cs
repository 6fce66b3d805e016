using System.Collections.Concurrent;
using System.Diagnostics;
using Rag.Core.Jobs;
using Rag.Core.Storage;
using Rag.Observability;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Stack.Jobs;

[Collection(PostgresFixture.Collection)]
public sealed class JobWorkerTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private QueueHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await QueueHost.StartAsync(database.ConnectionString);
        await _host.ExecuteAsync("truncate rag.jobs; update rag.job_control set is_paused = false");
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Two_workers_share_the_work_and_no_job_runs_twice()
    {
        var runs = new ConcurrentBag<(string Worker, long Job)>();
        var both = new TaskCompletionSource();
        await using var first = await WorkerAsync("first");
        await using var second = await WorkerAsync("second");

        await _host.EnqueueAsync([.. Enumerable.Range(0, 300).Select(i => new NewJob("x", $"{i}"))]);
        await DoneAsync(300);

        Assert.Equal(300, runs.Select(run => run.Job).Distinct().Count());
        Assert.Equal(300, runs.Count);
        Assert.Equal(2, runs.Select(run => run.Worker).Distinct().Count());

        Task<QueueHost> WorkerAsync(string name) => QueueHost.StartAsync(database.ConnectionString, [new DelegateHandler("x", async (lease, token) =>
        {
            runs.Add((name, lease.Id));
            // Nobody gets on before both have begun: a worker that took everything would stand still.
            if (runs.Select(run => run.Worker).Distinct().Count() == 2) both.TrySetResult();
            await both.Task.WaitAsync(token);
        })]);
    }

    [Fact]
    public async Task A_dependency_failure_is_retried_until_it_is_over_and_does_not_count_as_a_failure()
    {
        var runs = 0;
        await using var worker = await WorkerAsync((_, _) =>
            ++runs < 8 ? throw new VectorDatabaseException("down", status: 503) : Task.CompletedTask, options => options.MaxFailures = 2);

        await _host.EnqueueAsync(new NewJob("x", "{}"));
        await DoneAsync(1);

        Assert.Equal(8, runs);
        Assert.Equal(1, await _host.CountAsync("attempt = 8 and failures = 0 and error is null"));
    }

    [Fact]
    public async Task Who_waits_for_a_dependency_waits_no_longer_than_the_throttle_however_often_it_failed()
    {
        var runs = 0;
        await using var worker = await WorkerAsync(
            (_, _) => ++runs < 5 ? throw new VectorDatabaseException("down", status: 503) : Task.CompletedTask,
            options => (options.FirstBackoff, options.LongestBackoff, options.LongestThrottle) = (TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromMilliseconds(50)));

        await _host.EnqueueAsync(new NewJob("x", "{}"));
        await DoneAsync(1);

        Assert.Equal(5, runs);
    }

    [Fact]
    public async Task Unforeseen_failures_lead_to_the_dead_letters_and_a_revived_job_runs_again()
    {
        var isMended = false;
        await using var worker = await WorkerAsync((_, _) =>
            isMended ? Task.CompletedTask : throw new InvalidOperationException("a bug"), options => options.MaxFailures = 3);

        var id = (await _host.EnqueueAsync(new NewJob("x", "{}")))[0]!.Value;
        await QueueHost.UntilAsync(async () => await _host.CountAsync("state = 'dead' and attempt = 3 and error like '%a bug%'") == 1, "the job is dead");

        isMended = true;
        await _host.Administration.ReviveAsync(id, CancellationToken.None);
        await DoneAsync(1);
    }

    [Fact]
    public async Task A_final_verdict_is_not_retried()
    {
        var runs = 0;
        await using var worker = await WorkerAsync((_, _) =>
        {
            runs++;
            throw new JobFailedException("no use\0 \ud800");
        });

        await _host.EnqueueAsync(new NewJob("x", "{}"));
        await QueueHost.UntilAsync(async () => await _host.CountAsync("state = 'dead'") == 1, "the job is dead");

        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_paused_worker_takes_nothing_until_it_is_resumed()
    {
        var runs = 0;
        await using var worker = await WorkerAsync((_, _) => Task.FromResult(Interlocked.Increment(ref runs)));
        await _host.Administration.PauseAsync(CancellationToken.None);
        await _host.EnqueueAsync(new NewJob("x", "{}"));

        // Many polls long. A worker that did not obey would have run it at the first.
        await Task.Delay(300);
        Assert.Equal(0, Volatile.Read(ref runs));

        await _host.Administration.ResumeAsync(CancellationToken.None);
        await DoneAsync(1);
    }

    [Fact]
    public async Task A_stopping_worker_gives_its_jobs_back_at_once()
    {
        var started = new TaskCompletionSource();
        var worker = await WorkerAsync(
            async (_, token) =>
            {
                started.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
            },
            options => options.ShutdownGrace = TimeSpan.Zero);
        await _host.EnqueueAsync(new NewJob("x", "{}"));
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await worker.DisposeAsync();

        Assert.Equal(1, await _host.CountAsync("state = 'queued' and attempt = 0 and rescues = 0 and fencing_token = 1"));
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_is_told_and_its_result_refused()
    {
        var told = new TaskCompletionSource();
        var runs = 0;
        await using var worker = await WorkerAsync(async (lease, token) =>
        {
            if (Interlocked.Increment(ref runs) > 1) return;
            // What happens to a worker that was frozen for longer than its lease.
            await _host.ExecuteAsync("update rag.jobs set fencing_token = fencing_token + 1, leased_until = now() - interval '1 second' where id = $1", lease.Id);
            using var registration = token.Register(() => told.TrySetResult());
            await Task.Delay(Timeout.Infinite, token);
        });

        await _host.EnqueueAsync(new NewJob("x", "{}"));
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await DoneAsync(1);

        Assert.Equal(1, await _host.CountAsync("rescues = 1"));
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task The_run_continues_the_trace_of_the_request_that_enqueued_it()
    {
        using var source = new ActivitySource("test");
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name is "test" or TelemetryNames.Source or "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var worker = await WorkerAsync(async (_, _) => await _host.ExecuteAsync("select 1"));

        ActivityTraceId trace;
        using (var request = source.StartActivity("POST /documents", ActivityKind.Server)!)
        {
            trace = request.TraceId;
            await _host.Database.TransactAsync((c, t) => _host.Queue.EnqueueAsync(c, [new NewJob("x", "{}")], "request-1", t), CancellationToken.None);
        }

        await DoneAsync(1);
        await QueueHost.UntilAsync(() => Task.FromResult(spans.Any(s => s.DisplayName == "process x" && s.TraceId == trace)), "the run's span ended");

        var ofTrace = spans.Where(span => span.TraceId == trace).ToList();
        var enqueue = Assert.Single(ofTrace, span => span.DisplayName == "enqueue x");
        var process = Assert.Single(ofTrace, span => span.DisplayName == "process x");
        Assert.Equal(enqueue.SpanId, process.ParentSpanId);
        Assert.Equal("request-1", process.GetTagItem(TelemetryNames.Tags.RequestId));
        Assert.Contains(ofTrace, span => span.Source.Name == "Npgsql" && span.ParentSpanId == process.SpanId);
        // Polls and heartbeats belong to no request and make no traces.
        Assert.DoesNotContain(spans, span => span.Source.Name == "Npgsql" && span.ParentSpanId == default);
    }

    private Task<QueueHost> WorkerAsync(Func<JobLease, CancellationToken, Task> handle, Action<JobWorkerOptions>? configure = null) =>
        QueueHost.StartAsync(database.ConnectionString, [new DelegateHandler("x", handle)], options =>
        {
            options.FirstBackoff = TimeSpan.FromMilliseconds(1);
            options.LongestBackoff = TimeSpan.FromMilliseconds(10);
            options.LongestThrottle = TimeSpan.FromMilliseconds(10);
            options.PollInterval = TimeSpan.FromMilliseconds(20);
            options.RescueInterval = TimeSpan.FromMilliseconds(100);
            options.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
            options.LeaseDuration = TimeSpan.FromSeconds(1);
            configure?.Invoke(options);
        });

    private Task DoneAsync(int count) => QueueHost.UntilAsync(async () => await _host.CountAsync("state = 'done'") == count, $"{count} jobs are done");
}
