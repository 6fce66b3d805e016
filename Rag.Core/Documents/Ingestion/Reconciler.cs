using System.Diagnostics.Metrics;
using Npgsql;
using NpgsqlTypes;
using Rag.Core.Jobs;
using Rag.Core.Storage;
using Rag.Core.Vectors;
using Rag.Observability;
using Rag.Observability.Errors;

namespace Rag.Core.Documents.Ingestion;

/// <summary>
/// Compares PostgreSQL with the vector store and mends what differs. Safe while documents come and go: a vector counts as a ghost only when its document is not being
/// worked on, a passage as missing only when it was published before the comparison began.
/// </summary>
public sealed class Reconciler
{
    private const int BatchSize = 500;
    private const string OneAtATime = "hashtextextended('rag reconciliation', 0)";

    private readonly NpgsqlDataSource _dataSource;
    private readonly JobQueue _queue;
    private readonly VectorIndex _vectors;
    private readonly Counter<long> _differences;

    internal Reconciler(NpgsqlDataSource dataSource, JobQueue queue, VectorIndex vectors, IMeterFactory meters)
    {
        _dataSource = dataSource;
        _queue = queue;
        _vectors = vectors;
        _differences = meters.Create(TelemetryNames.Source).CreateCounter<long>(
            TelemetryNames.Metrics.ReconcileDifferences, "{vector}", "Differences between PostgreSQL and the vector store that were found and mended.");
    }

    /// <exception cref="ConflictException">Another comparison is under way.</exception>
    /// <exception cref="DatabaseException">PostgreSQL failed or cannot be reached.</exception>
    /// <exception cref="VectorDatabaseException">The vector store failed or cannot be reached.</exception>
    public async Task<Reconciliation> RunAsync(string? requestId, CancellationToken cancellationToken)
    {
        try
        {
            // One session from start to end: it holds the lock and the list of vectors, and both go with it.
            await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
            if (!await ScalarAsync<bool>(connection, $"select pg_try_advisory_lock({OneAtATime})", [], cancellationToken))
                throw new ConflictException("Another reconciliation is under way.");
            try
            {
                return await CompareAsync(connection, requestId, cancellationToken);
            }
            finally
            {
                if (connection.State == System.Data.ConnectionState.Open)
                    await connection.ExecuteAsync($"drop table if exists pg_temp.seen; select pg_advisory_unlock({OneAtATime})", [], CancellationToken.None);
            }
        }
        catch (Exception failure) when (DatabaseErrors.IsUnavailable(failure))
        {
            throw DatabaseErrors.Translate(failure);
        }
    }

    private async Task<Reconciliation> CompareAsync(NpgsqlConnection connection, string? requestId, CancellationToken cancellationToken)
    {
        var begun = await ScalarAsync<DateTime>(connection, "select clock_timestamp()", [], cancellationToken);
        var vectors = await ListVectorsAsync(connection, cancellationToken);
        var chunks = await ScalarAsync<long>(connection, "select count(*) from rag.chunks", [], cancellationToken);

        var ghosts = await RemoveGhostsAsync(connection, cancellationToken);
        var (missing, requeued) = await RequeueAsync(connection, begun, requestId, cancellationToken);
        var cleanups = await EnqueueCleanupsAsync(connection, requestId, cancellationToken);

        _differences.Add(ghosts, new KeyValuePair<string, object?>(TelemetryNames.Tags.Difference, "ghost"));
        _differences.Add(missing, new KeyValuePair<string, object?>(TelemetryNames.Tags.Difference, "missing"));
        return new Reconciliation(chunks, (long)vectors, ghosts, missing, requeued, cleanups);
    }

    /// <summary>Copies the names of all vectors to PostgreSQL, which is better at comparing them.</summary>
    private async Task<ulong> ListVectorsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("drop table if exists pg_temp.seen; create temporary table seen (id uuid, document_id text)", [], cancellationToken);
        ulong count;
        await using (var import = await connection.BeginBinaryImportAsync("copy pg_temp.seen (id, document_id) from stdin (format binary)", cancellationToken))
        {
            await foreach (var vector in _vectors.ScrollAsync(cancellationToken))
            {
                await import.StartRowAsync(cancellationToken);
                await import.WriteAsync(vector.Id, NpgsqlDbType.Uuid, cancellationToken);
                await import.WriteAsync(vector.DocumentId, NpgsqlDbType.Text, cancellationToken);
            }

            count = await import.CompleteAsync(cancellationToken);
        }

        await connection.ExecuteAsync("create index on pg_temp.seen (id); analyze pg_temp.seen", [], cancellationToken);
        return count;
    }

    private async Task<long> RemoveGhostsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var ghosts = await connection.QueryAsync(
            """
            select seen.id from pg_temp.seen
            where not exists (select 1 from rag.chunks where chunks.id = seen.id)
              and not exists (select 1 from rag.documents d where d.id = seen.document_id and d.status <> 'ready')
            """,
            [], reader => reader.GetGuid(0), cancellationToken);
        foreach (var batch in ghosts.Chunk(BatchSize)) await _vectors.DeleteAsync(batch, cancellationToken);
        return ghosts.Count;
    }

    /// <summary>Lets documents whose vectors are missing be ingested once more, as a new revision with the same content.</summary>
    private async Task<(long Missing, long Requeued)> RequeueAsync(NpgsqlConnection connection, DateTime begun, string? requestId, CancellationToken cancellationToken)
    {
        var incomplete = await connection.QueryAsync(
            """
            select chunks.document_id, count(*) from rag.chunks join rag.documents d on d.id = chunks.document_id
            where d.status = 'ready' and d.updated_at < $1 and not exists (select 1 from pg_temp.seen where seen.id = chunks.id)
            group by chunks.document_id order by chunks.document_id
            """,
            [begun], reader => (DocumentId: reader.GetString(0), Missing: reader.GetInt64(1)), cancellationToken);

        var requeued = 0L;
        foreach (var batch in incomplete.Chunk(BatchSize))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var revisions = await connection.QueryAsync(
                """
                with again as (
                    update rag.documents set revision = nextval('rag.document_revisions'), status = 'queued', updated_at = now()
                    where id in (select id from rag.documents where id = any ($1) and status = 'ready' and updated_at < $2 order by id for update)
                    returning id, revision, title, text, source, source_type, published_at, metadata
                )
                insert into rag.pending_contents (document_id, revision, title, text, source, source_type, published_at, metadata)
                select id, revision, title, text, source, source_type, published_at, metadata from again
                returning document_id, revision
                """,
                [batch.Select(document => document.DocumentId).ToArray(), begun], reader => (Id: reader.GetString(0), Revision: reader.GetInt64(1)), cancellationToken);
            await _queue.EnqueueAsync(connection, [.. revisions.Select(r => IngestJob.For(r.Id, r.Revision, JobPriority.Low))], requestId, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            requeued += revisions.Count;
        }

        return (incomplete.Sum(document => document.Missing), requeued);
    }

    /// <summary>Old vectors whose removal was lost on the way, for example because its job died.</summary>
    private async Task<long> EnqueueCleanupsAsync(NpgsqlConnection connection, string? requestId, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var documents = await connection.QueryAsync(
            $"""
            select distinct document_id from rag.vector_revisions v
            where {IngestionStore.Stale}
              and not exists (select 1 from rag.jobs where kind = '{VectorCleanupJob.Kind}' and state in ('queued', 'running') and payload ->> 'documentId' = v.document_id)
            """,
            [], reader => reader.GetString(0), cancellationToken);
        await _queue.EnqueueAsync(connection, [.. documents.Select(VectorCleanupJob.For)], requestId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return documents.Count;
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, object?[] values, CancellationToken cancellationToken) =>
        (await connection.QueryAsync(sql, values, reader => reader.GetFieldValue<T>(0), cancellationToken)).Single();
}
