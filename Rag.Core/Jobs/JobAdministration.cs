using System.Text.Json.Nodes;
using Npgsql;
using Rag.Core.Storage;
using Rag.Observability.Errors;

namespace Rag.Core.Jobs;

/// <summary>What operators may do with the queue.</summary>
public sealed class JobAdministration(RagDatabase database)
{
    /// <summary>The newest jobs in one state, or in any.</summary>
    /// <param name="state">queued, running, done or dead; null for any.</param>
    /// <param name="limit">How many at most, 1 to 1000.</param>
    /// <param name="cancellationToken">Ends the wait for PostgreSQL.</param>
    /// <exception cref="ValidationException">A parameter breaks a rule.</exception>
    public Task<List<Job>> ListAsync(string? state, int limit, CancellationToken cancellationToken)
    {
        if (state is not null && JobStates.Parse(state) is null) throw new ValidationException("state", "must be queued, running, done or dead", "unknown_value");
        if (limit is < 1 or > 1000) throw new ValidationException("limit", "must be between 1 and 1000", "out_of_range");
        return database.RunAsync(
            (connection, token) => connection.QueryAsync(
                """
                select id, kind, state, priority, payload::text, attempt, failures, rescues, worker, error, request_id, created_at, run_at, started_at, finished_at
                from rag.jobs
                where $1::text is null or state = $1
                order by id desc
                limit $2
                """,
                [state, limit], Read, token),
            cancellationToken);
    }

    /// <summary>Lets a dead letter run again, with all its attempts before it.</summary>
    /// <exception cref="NotFoundException">There is no such job.</exception>
    /// <exception cref="ConflictException">It is not dead, or another job has taken its place.</exception>
    public Task ReviveAsync(long id, CancellationToken cancellationToken) =>
        database.TransactAsync(
            async (connection, token) =>
            {
                var states = await connection.QueryAsync("select state from rag.jobs where id = $1 for update", [id], reader => reader.GetString(0), token);
                if (states is not [var state]) throw new NotFoundException($"There is no job {id}.");
                if (state != JobStates.Name(JobState.Dead)) throw new ConflictException($"Job {id} is {state}: only dead jobs can be retried.");

                try
                {
                    await connection.ExecuteAsync(
                        """
                        update rag.jobs set state = 'queued', run_at = now(), finished_at = null, worker = null, attempt = 0, failures = 0, rescues = 0, created_at = now()
                        where id = $1
                        """,
                        [id], token);
                }
                catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UniqueViolation)
                {
                    throw new ConflictException($"Another job that does the same as job {id} is queued or running already.", innerException: failure);
                }

                await connection.ExecuteAsync($"select pg_notify('{JobQueue.Channel}', '')", [], token);
            },
            cancellationToken);

    /// <summary>Stops all workers from taking jobs until <see cref="ResumeAsync"/>, across restarts. Running jobs go on.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) => SetPausedAsync(true, cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken) => SetPausedAsync(false, cancellationToken);

    public Task<bool> IsPausedAsync(CancellationToken cancellationToken) =>
        database.RunAsync(
            async (connection, token) => (await connection.QueryAsync("select is_paused from rag.job_control", [], reader => reader.GetBoolean(0), token)).Single(),
            cancellationToken);

    private Task SetPausedAsync(bool isPaused, CancellationToken cancellationToken) =>
        database.TransactAsync(
            async (connection, token) =>
            {
                await connection.ExecuteAsync("update rag.job_control set is_paused = $1, changed_at = now() where is_paused <> $1", [isPaused], token);
                await connection.ExecuteAsync($"select pg_notify('{JobQueue.Channel}', '')", [], token);
            },
            cancellationToken);

    private static Job Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        JobStates.Parse(reader.GetString(2)) ?? throw new InvalidOperationException("The job has a state that this version does not know."),
        reader.GetInt16(3),
        JsonNode.Parse(reader.GetString(4))!,
        reader.GetInt32(5),
        reader.GetInt32(6),
        reader.GetInt32(7),
        reader.TextOrNull(8),
        reader.TextOrNull(9),
        reader.TextOrNull(10),
        reader.Time(11),
        reader.Time(12),
        reader.TimeOrNull(13),
        reader.TimeOrNull(14));
}
