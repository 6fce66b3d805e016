using System.Diagnostics;
using Npgsql;
using Rag.Core.Storage;

namespace Rag.Core.Jobs;

/// <summary>The job queue, for those who put work in and for handlers that settle it in their own transaction.</summary>
internal sealed class JobQueue(JobTelemetry telemetry)
{
    /// <summary>Channel on which PostgreSQL tells the workers that there is something to do.</summary>
    public const string Channel = "rag_jobs";

    /// <summary>Enqueues jobs of one kind in the caller's transaction: they exist, and the workers hear of them, if and when it commits.</summary>
    /// <param name="connection">A connection with a transaction in progress.</param>
    /// <param name="jobs">Jobs of the same kind.</param>
    /// <param name="requestId">The request on whose behalf this happens, if there is one.</param>
    /// <param name="cancellationToken">Ends the wait for PostgreSQL.</param>
    /// <returns>The job's id for each, or null where a live job has the same unique key.</returns>
    public async Task<IReadOnlyList<long?>> EnqueueAsync(
        NpgsqlConnection connection, IReadOnlyList<NewJob> jobs, string? requestId, CancellationToken cancellationToken)
    {
        if (jobs.Count == 0) return [];
        using var activity = telemetry.StartEnqueue(jobs[0].Kind, jobs.Count);
        var trace = activity ?? Activity.Current;

        await using var batch = new NpgsqlBatch(connection)
            .Sql(
                """
                with wanted as materialized (
                    select nextval('rag.jobs_id_seq') as id, job.*
                    from unnest($1::text[], $2::jsonb[], $3::text[], $4::smallint[], $5::interval[])
                         with ordinality as job (kind, payload, unique_key, priority, delay, position)
                ), enqueued as (
                    insert into rag.jobs (id, kind, payload, unique_key, priority, run_at, traceparent, tracestate, request_id)
                    select id, kind, payload, unique_key, priority, now() + delay, $6, $7, $8 from wanted order by position
                    on conflict (kind, unique_key) where state in ('queued', 'running') and unique_key is not null do nothing
                    returning id
                )
                select enqueued.id from wanted left join enqueued using (id) order by wanted.position
                """,
                jobs.Select(job => job.Kind).ToArray(), jobs.Select(job => job.Payload).ToArray(), jobs.Select(job => job.UniqueKey).ToArray(),
                jobs.Select(job => (short)job.Priority).ToArray(), jobs.Select(job => job.Delay ?? TimeSpan.Zero).ToArray(),
                trace?.Id, trace?.TraceStateString, requestId)
            .Sql($"select pg_notify('{Channel}', '')");

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var ids = new List<long?>(jobs.Count);
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.IsDBNull(0) ? null : reader.GetInt64(0));
        return ids;
    }

    /// <summary>Completes a job in the handler's own transaction, so that its effects and its end are one.</summary>
    /// <exception cref="LeaseLostException">Another worker holds the job by now. The transaction must not be committed.</exception>
    public static async Task CompleteAsync(NpgsqlConnection connection, JobLease lease, CancellationToken cancellationToken)
    {
        lease.IsCompletedByHandler = false;
        var completed = await connection.ExecuteAsync(
            "update rag.jobs set state = 'done', finished_at = now(), leased_until = null, error = null where id = $1 and fencing_token = $2 and state = 'running'",
            [lease.Id, lease.FencingToken], cancellationToken);
        if (completed == 0) throw new LeaseLostException(lease.Id);
        lease.IsCompletedByHandler = true;
    }
}
