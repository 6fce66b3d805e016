using System.Collections.Concurrent;
using Rag.Core.Jobs;
using Rag.Core.Storage;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Stack.Jobs;

[Collection(PostgresFixture.Collection)]
public sealed class JobQueueTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private QueueHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await QueueHost.StartAsync(database.ConnectionString);
        await _host.ExecuteAsync("truncate rag.jobs; update rag.job_control set is_paused = false");
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_job_exists_if_and_only_if_its_transaction_commits()
    {
        await Assert.ThrowsAsync<ConflictException>(() => _host.Database.TransactAsync(
            async (connection, token) =>
            {
                await _host.Queue.EnqueueAsync(connection, [new NewJob("x", "{}")], requestId: null, token);
                throw new ConflictException("changed my mind");
            },
            CancellationToken.None));
        Assert.Equal(0, await _host.CountAsync("true"));

        await _host.EnqueueAsync(new NewJob("x", "{}"));
        Assert.Equal(1, await _host.CountAsync("state = 'queued'"));
    }

    [Fact]
    public async Task Live_jobs_never_share_a_unique_key_and_finished_ones_do_not_count()
    {
        var first = await _host.EnqueueAsync(new NewJob("x", "{}", "a"), new NewJob("x", "{}", "b"), new NewJob("x", "{}", "a"), new NewJob("x", "{}"), new NewJob("x", "{}"));
        Assert.Equal([true, true, false, true, true], first.Select(id => id.HasValue));

        Assert.Equal([null], await _host.EnqueueAsync(new NewJob("x", "{}", "a")));
        Assert.NotEqual([null], await _host.EnqueueAsync(new NewJob("y", "{}", "a")));

        await _host.ExecuteAsync("update rag.jobs set state = 'done'");
        Assert.NotEqual([null], await _host.EnqueueAsync(new NewJob("x", "{}", "a")));
    }

    [Fact]
    public async Task A_unique_key_holds_against_many_at_once()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _host.EnqueueAsync(new NewJob("x", "{}", "only"))));

        Assert.Single(results, ids => ids[0] is not null);
        Assert.Equal(1, await _host.CountAsync("true"));
    }

    [Fact]
    public async Task The_most_urgent_goes_first_then_the_oldest()
    {
        await _host.EnqueueAsync(new NewJob("x", "1", Priority: JobPriority.Low));
        await _host.EnqueueAsync(new NewJob("x", "2"), new NewJob("x", "3"));
        await _host.EnqueueAsync(new NewJob("x", "4", Priority: JobPriority.High));
        var store = new LeaseStore(_host.Database);

        var order = new List<string>();
        while (await ClaimAsync(store, 1) is [var lease]) order.Add(lease.Payload);

        Assert.Equal(["4", "2", "3", "1"], order);
    }

    [Fact]
    public async Task A_late_completion_is_refused_in_every_form()
    {
        await _host.EnqueueAsync(new NewJob("x", "{}"));
        var store = new LeaseStore(_host.Database);
        var late = Assert.Single(await ClaimAsync(store, 1));
        await _host.ExecuteAsync("update rag.jobs set leased_until = now() - interval '1 second'");
        Assert.Equal(["x"], await RescueAsync(store));

        // Between rescue and the next claim, and after it: the token is old in both.
        Assert.Equal(0, await store.CompleteAsync([late], CancellationToken.None));
        var current = Assert.Single(await ClaimAsync(store, 1));

        Assert.Equal(0, await store.CompleteAsync([late], CancellationToken.None));
        Assert.Empty(await store.RenewAsync([late], TimeSpan.FromSeconds(5), CancellationToken.None));
        Assert.Equal(0, await store.RetryAsync(late, TimeSpan.Zero, isUnforeseen: true, "late", CancellationToken.None));
        Assert.False(await store.BuryAsync(late, handler: null, "late", "late", CancellationToken.None));
        await store.ReleaseAsync([late], CancellationToken.None);
        await Assert.ThrowsAsync<LeaseLostException>(() => _host.Database.TransactAsync(
            (connection, token) => JobQueue.CompleteAsync(connection, late, token), CancellationToken.None));
        Assert.Equal(1, await _host.CountAsync("state = 'running' and attempt = 2 and failures = 0 and rescues = 1"));

        Assert.Equal(1, await store.CompleteAsync([current], CancellationToken.None));
        Assert.Equal(1, await _host.CountAsync("state = 'done'"));
    }

    [Fact]
    public async Task A_server_that_has_just_started_lets_the_living_renew_before_it_rescues()
    {
        await _host.EnqueueAsync(new NewJob("x", "{}"));
        var store = new LeaseStore(_host.Database);
        var lease = Assert.Single(await ClaimAsync(store, 1));
        await _host.ExecuteAsync("update rag.jobs set leased_until = now() - interval '1 second'");

        Assert.Empty(await store.RescueAsync(TimeSpan.FromDays(1), 5, CancellationToken.None));
        Assert.Equal([lease.Id], await store.RenewAsync([lease], TimeSpan.FromSeconds(5), CancellationToken.None));
    }

    [Fact]
    public async Task Many_claims_at_once_never_take_the_same_job()
    {
        await _host.EnqueueAsync([.. Enumerable.Range(0, 500).Select(_ => new NewJob("x", "{}"))]);
        var store = new LeaseStore(_host.Database);
        var taken = new ConcurrentBag<long>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (await ClaimAsync(store, 10) is { Count: > 0 } leases)
                foreach (var lease in leases) taken.Add(lease.Id);
        }));

        Assert.Equal(500, taken.Count);
        Assert.Equal(500, taken.Distinct().Count());
    }

    [Fact]
    public async Task While_the_queue_is_paused_nobody_gets_a_job()
    {
        await _host.EnqueueAsync(new NewJob("x", "{}"));
        var store = new LeaseStore(_host.Database);

        await _host.Administration.PauseAsync(CancellationToken.None);
        Assert.True(await _host.Administration.IsPausedAsync(CancellationToken.None));
        Assert.Empty(await ClaimAsync(store, 1));

        await _host.Administration.ResumeAsync(CancellationToken.None);
        Assert.Single(await ClaimAsync(store, 1));
    }

    [Fact]
    public async Task A_dead_job_can_be_revived_once_and_no_other()
    {
        var id = (await _host.EnqueueAsync(new NewJob("x", "{}", "key")))[0]!.Value;
        var store = new LeaseStore(_host.Database);
        var lease = Assert.Single(await ClaimAsync(store, 1));
        await Assert.ThrowsAsync<ConflictException>(() => _host.Administration.ReviveAsync(id, CancellationToken.None));
        Assert.True(await store.BuryAsync(lease, handler: null, "the reason", "the reason", CancellationToken.None));

        var dead = Assert.Single(await _host.Administration.ListAsync("dead", 10, CancellationToken.None));
        Assert.Equal((id, "the reason", 1), (dead.Id, dead.Error, dead.Attempt));

        await _host.Administration.ReviveAsync(id, CancellationToken.None);
        Assert.Single(await ClaimAsync(store, 1));
        await Assert.ThrowsAsync<ConflictException>(() => _host.Administration.ReviveAsync(id, CancellationToken.None));
        await Assert.ThrowsAsync<NotFoundException>(() => _host.Administration.ReviveAsync(id + 1000, CancellationToken.None));
    }

    [Fact]
    public async Task A_dead_job_whose_place_is_taken_stays_dead()
    {
        var id = (await _host.EnqueueAsync(new NewJob("x", "{}", "key")))[0]!.Value;
        await _host.ExecuteAsync("update rag.jobs set state = 'dead', finished_at = now()");
        await _host.EnqueueAsync(new NewJob("x", "{}", "key"));

        await Assert.ThrowsAsync<ConflictException>(() => _host.Administration.ReviveAsync(id, CancellationToken.None));
        Assert.Equal(1, await _host.CountAsync("state = 'dead'"));
    }

    [Fact]
    public async Task A_job_that_too_many_workers_died_over_is_buried()
    {
        await _host.EnqueueAsync(new NewJob("x", "{}"));
        var store = new LeaseStore(_host.Database);
        for (var i = 0; i < 3; i++)
        {
            Assert.Single(await ClaimAsync(store, 1));
            await _host.ExecuteAsync("update rag.jobs set leased_until = now() - interval '1 second'");
            Assert.Empty(await store.ClaimHopelessAsync(TimeSpan.FromMilliseconds(1), 3, CancellationToken.None));
            Assert.Single(await store.RescueAsync(TimeSpan.FromMilliseconds(1), 3, CancellationToken.None));
        }

        Assert.Single(await ClaimAsync(store, 1));
        await _host.ExecuteAsync("update rag.jobs set leased_until = now() - interval '1 second'");
        Assert.Empty(await store.RescueAsync(TimeSpan.FromMilliseconds(1), 3, CancellationToken.None));
        Assert.Single(await store.ClaimHopelessAsync(TimeSpan.FromMilliseconds(1), 3, CancellationToken.None));
    }

    [Fact]
    public async Task Pruning_removes_what_is_past_its_time_and_nothing_else()
    {
        await _host.EnqueueAsync([.. Enumerable.Range(0, 6).Select(i => new NewJob("x", $"{i}"))]);
        await _host.ExecuteAsync("update rag.jobs set state = 'done', finished_at = now() - interval '2 hours' where payload::int in (0, 1)");
        await _host.ExecuteAsync("update rag.jobs set state = 'done', finished_at = now() where payload::int = 2");
        await _host.ExecuteAsync("update rag.jobs set state = 'dead', finished_at = now() - interval '2 hours' where payload::int = 3");
        await _host.ExecuteAsync("update rag.jobs set state = 'dead', finished_at = now() - interval '2 days' where payload::int = 4");

        Assert.False(await new QueueCare(_host.Database).PruneAsync(TimeSpan.FromHours(1), TimeSpan.FromDays(1), CancellationToken.None));

        Assert.Equal(["2", "3", "5"], await _host.QueryAsync("select payload::text from rag.jobs order by id", reader => reader.GetString(0)));
    }

    [Fact]
    [Trait("Seed", "M8")]
    public async Task The_measured_size_is_by_kind_and_state()
    {
        await _host.EnqueueAsync(new NewJob("x", "{}"), new NewJob("x", "{}"), new NewJob("y", "{}", Delay: TimeSpan.FromHours(1)));
        await ClaimAsync(new LeaseStore(_host.Database), 1);
        await _host.ExecuteAsync("update rag.jobs set run_at = now() - interval '10 seconds' where state = 'queued' and kind = 'x'");

        var sizes = (await new QueueCare(_host.Database).MeasureAsync(CancellationToken.None)).ToDictionary(size => (size.Kind, size.State));

        Assert.Equal(3, sizes.Count);
        Assert.Equal(1, sizes[("x", "queued")].Count);
        Assert.InRange(sizes[("x", "queued")].LagSeconds, 10, 3600);
        Assert.Equal(1, sizes[("x", "running")].Count);
        Assert.Equal(0, sizes[("y", "queued")].LagSeconds);
    }

    private static Task<List<JobLease>> ClaimAsync(LeaseStore store, int limit) =>
        store.ClaimAsync("test", ["x", "y"], limit, TimeSpan.FromMinutes(1), CancellationToken.None);

    private static Task<List<string>> RescueAsync(LeaseStore store) => store.RescueAsync(TimeSpan.FromMilliseconds(1), 5, CancellationToken.None);
}
