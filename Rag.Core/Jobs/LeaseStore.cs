using System.Diagnostics;
using Npgsql;
using Rag.Core.Storage;

namespace Rag.Core.Jobs;

/// <summary>Leases in PostgreSQL. Every change of a leased job names its fencing token, and a change under an old token does nothing.</summary>
internal sealed class LeaseStore(RagDatabase database)
{
    private const string Columns =
        "job.id, job.kind, job.payload::text, job.fencing_token, job.attempt, job.failures, now() - job.created_at, now() - job.run_at, job.traceparent, job.tracestate, job.request_id";

    /// <summary>Takes up to <paramref name="limit"/> jobs that may run now, the most urgent first; none while the queue is paused.</summary>
    public Task<List<JobLease>> ClaimAsync(string worker, string[] kinds, int limit, TimeSpan duration, CancellationToken cancellationToken) =>
        database.RunAsync(
            async (connection, token) =>
            {
                await using var batch = new NpgsqlBatch(connection)
                    // The index has the order. A plan that was made while the queue was short would sort the whole queue for every claim when it is long.
                    .Sql("select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)")
                    .Sql(
                        $"""
                        with due as materialized (
                            select id from rag.jobs
                            where state = 'queued' and run_at <= now() and kind = any ($1) and not (select is_paused from rag.job_control)
                            order by priority, run_at, id
                            limit $2
                            for update skip locked
                        ), job as (
                            update rag.jobs as job
                            set state = 'running', worker = $3, leased_until = now() + $4, started_at = now(), attempt = attempt + 1, fencing_token = fencing_token + 1
                            from due where job.id = due.id
                            returning job.*
                        )
                        select {Columns} from job order by job.priority, job.run_at, job.id
                        """,
                        kinds, limit, worker, duration);
                await using var reader = await batch.ExecuteReaderAsync(token);
                await reader.NextResultAsync(token);
                var leases = new List<JobLease>();
                while (await reader.ReadAsync(token)) leases.Add(Read(reader));
                return leases;
            },
            cancellationToken);

    /// <summary>Renews leases.</summary>
    /// <returns>Those that are still held.</returns>
    public async Task<HashSet<long>> RenewAsync(IReadOnlyCollection<JobLease> leases, TimeSpan duration, CancellationToken cancellationToken) =>
        [.. await database.RunAsync(
            (connection, token) => connection.QueryAsync(
                $"""
                with held as materialized ({Held} order by id for update)
                update rag.jobs as job set leased_until = now() + $3 from held where job.id = held.id returning job.id
                """,
                [Ids(leases), Tokens(leases), duration], reader => reader.GetInt64(0), token),
            cancellationToken)];

    /// <summary>Completes jobs.</summary>
    /// <returns>How many of them were still held.</returns>
    public Task<int> CompleteAsync(IReadOnlyCollection<JobLease> leases, CancellationToken cancellationToken) =>
        database.RunAsync(
            (connection, token) => connection.ExecuteAsync(
                $"""
                with held as materialized ({Held} order by id for update)
                update rag.jobs as job set state = 'done', finished_at = now(), leased_until = null, error = null from held where job.id = held.id
                """,
                [Ids(leases), Tokens(leases)], token),
            cancellationToken);

    /// <summary>Puts a failed job back for another run.</summary>
    public Task<int> RetryAsync(JobLease lease, TimeSpan delay, bool isUnforeseen, string error, CancellationToken cancellationToken) =>
        database.RunAsync(
            (connection, token) => connection.ExecuteAsync(
                """
                update rag.jobs
                set state = 'queued', run_at = now() + $3, leased_until = null, worker = null, failures = failures + $4, error = $5
                where id = $1 and fencing_token = $2 and state = 'running'
                """,
                [lease.Id, lease.FencingToken, delay, isUnforeseen ? 1 : 0, error], token),
            cancellationToken);

    /// <summary>Gives jobs back as if they had never been claimed.</summary>
    public Task ReleaseAsync(IReadOnlyCollection<JobLease> leases, CancellationToken cancellationToken) =>
        database.TransactAsync(
            async (connection, token) =>
            {
                await using var batch = new NpgsqlBatch(connection)
                    .Sql(
                        $"""
                        with held as materialized ({Held} order by id for update)
                        update rag.jobs as job set state = 'queued', leased_until = null, worker = null, attempt = attempt - 1 from held where job.id = held.id
                        """,
                        Ids(leases), Tokens(leases))
                    .Sql($"select pg_notify('{JobQueue.Channel}', '')");
                await batch.ExecuteNonQueryAsync(token);
            },
            cancellationToken);

    /// <summary>Makes a job a dead letter and lets its handler take note, in one transaction.</summary>
    /// <returns>False when the lease was lost: nothing was done.</returns>
    public Task<bool> BuryAsync(JobLease lease, IJobHandler? handler, string reason, string publicReason, CancellationToken cancellationToken) =>
        database.TransactAsync(
            async (connection, token) =>
            {
                var buried = await connection.ExecuteAsync(
                    "update rag.jobs set state = 'dead', finished_at = now(), leased_until = null, error = $3 where id = $1 and fencing_token = $2 and state = 'running'",
                    [lease.Id, lease.FencingToken, reason], token);
                if (buried == 0) return false;
                if (handler is not null) await handler.BuryAsync(lease, publicReason, connection, token);
                return true;
            },
            cancellationToken);

    /// <summary>
    /// Takes jobs from workers that let their lease run out. A server that has just started gives the living time to renew first: while it was away nobody could.
    /// </summary>
    /// <returns>The kind of each rescued job.</returns>
    public Task<List<string>> RescueAsync(TimeSpan duration, int maxRescues, CancellationToken cancellationToken) =>
        database.TransactAsync(
            async (connection, token) =>
            {
                var kinds = await connection.QueryAsync(
                    $"""
                    with expired as materialized ({Expired} and rescues < $2 order by id limit 1000 for update skip locked)
                    update rag.jobs as job set state = 'queued', run_at = now(), leased_until = null, worker = null, rescues = rescues + 1
                    from expired where job.id = expired.id
                    returning job.kind
                    """,
                    [duration, maxRescues], reader => reader.GetString(0), token);
                if (kinds.Count > 0) await connection.ExecuteAsync($"select pg_notify('{JobQueue.Channel}', '')", [], token);
                return kinds;
            },
            cancellationToken);

    /// <summary>Claims, for burial, the jobs that too many workers died over.</summary>
    public Task<List<JobLease>> ClaimHopelessAsync(TimeSpan duration, int maxRescues, CancellationToken cancellationToken) =>
        database.RunAsync(
            (connection, token) => connection.QueryAsync(
                $"""
                with expired as materialized ({Expired} and rescues >= $2 order by id limit 100 for update skip locked)
                update rag.jobs as job set leased_until = now() + $1, fencing_token = fencing_token + 1
                from expired where job.id = expired.id
                returning {Columns}
                """,
                [duration, maxRescues], Read, token),
            cancellationToken);

    /// <summary>Rows are locked in the order of their ids wherever several change at once, so that two such changes never wait for each other.</summary>
    private const string Held =
        "select id from rag.jobs join unnest($1::bigint[], $2::bigint[]) as lease (id, token) using (id) where fencing_token = token and state = 'running'";

    private const string Expired =
        "select id from rag.jobs where state = 'running' and leased_until < now() and pg_postmaster_start_time() < now() - $1";

    private static long[] Ids(IReadOnlyCollection<JobLease> leases) => [.. leases.Select(lease => lease.Id)];

    private static long[] Tokens(IReadOnlyCollection<JobLease> leases) => [.. leases.Select(lease => lease.FencingToken)];

    private static JobLease Read(NpgsqlDataReader reader)
    {
        _ = ActivityContext.TryParse(reader.TextOrNull(8), reader.TextOrNull(9), isRemote: true, out var trace);
        return new JobLease
        {
            Id = reader.GetInt64(0),
            Kind = reader.GetString(1),
            Payload = reader.GetString(2),
            FencingToken = reader.GetInt64(3),
            Attempt = reader.GetInt32(4),
            Failures = reader.GetInt32(5),
            Age = reader.GetTimeSpan(6),
            Wait = reader.GetTimeSpan(7),
            Trace = trace,
            RequestId = reader.TextOrNull(10),
        };
    }
}
