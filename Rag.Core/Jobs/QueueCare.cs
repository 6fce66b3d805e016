using Rag.Core.Storage;

namespace Rag.Core.Jobs;

/// <summary>Keeps the table of jobs small and its size known.</summary>
internal sealed class QueueCare(RagDatabase database)
{
    private const int PruneBatch = 5000;

    /// <summary>Removes finished jobs past their time, a bounded number at once.</summary>
    /// <returns>True when there may be more.</returns>
    public Task<bool> PruneAsync(TimeSpan doneRetention, TimeSpan deadRetention, CancellationToken cancellationToken) =>
        database.RunAsync(
            async (connection, token) =>
            {
                var done = await connection.ExecuteAsync(Prune("done"), [doneRetention, PruneBatch], token);
                var dead = await connection.ExecuteAsync(Prune("dead"), [deadRetention, PruneBatch], token);
                return done == PruneBatch || dead == PruneBatch;
            },
            cancellationToken);

    /// <summary>The state stands in the statement, because only then does the partial index on it serve.</summary>
    private static string Prune(string state) =>
        $"""
        delete from rag.jobs where id in (
            select id from rag.jobs where state = '{state}' and finished_at < now() - $1 order by finished_at limit $2 for update skip locked)
        """;

    /// <summary>Counts the jobs that are not done, by kind and state.</summary>
    public Task<List<QueueSize>> MeasureAsync(CancellationToken cancellationToken) =>
        database.RunAsync(
            (connection, token) => connection.QueryAsync(
                """
                select kind, state, count(*), coalesce(extract(epoch from now() - min(run_at) filter (where run_at <= now())), 0)::float8
                from (
                    select kind, state, run_at from rag.jobs where state = 'queued'
                    union all select kind, state, run_at from rag.jobs where state = 'running'
                    union all select kind, state, run_at from rag.jobs where state = 'dead'
                ) as unfinished
                group by kind, state
                """,
                [], reader => new QueueSize(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetDouble(3)), token),
            cancellationToken);
}
