using Npgsql;
using Rag.Core.Chunking;
using Rag.Core.Jobs;
using Rag.Core.Storage;

namespace Rag.Core.Documents.Ingestion;

/// <summary>The ingestion's side of the tables: what is pending, what is visible, and which vectors may exist.</summary>
internal sealed class IngestionStore(RagDatabase database, JobQueue queue)
{
    /// <summary>Vectors of a revision that is neither what readers see nor what comes next.</summary>
    public const string Stale =
        "not exists (select 1 from rag.documents d where d.id = v.document_id and (v.revision = d.revision or v.revision = d.ready_revision))";

    /// <summary>Marks the document as being processed.</summary>
    /// <returns>Its pending content, or null when the revision is no longer the newest.</returns>
    public async Task<PendingContent?> BeginAsync(IngestJob job, CancellationToken cancellationToken)
    {
        var found = await database.RunAsync(
            (connection, token) => connection.QueryAsync(
                """
                with begun as (
                    update rag.documents set status = 'processing', updated_at = now() where id = $1 and revision = $2 and status <> 'ready' returning id
                )
                select title, text, source, source_type, published_at, metadata::text
                from rag.pending_contents join begun on document_id = id where revision = $2
                """,
                [job.DocumentId, job.Revision],
                reader => new PendingContent(
                    job.DocumentId, job.Revision, reader.GetString(0), reader.GetString(1), reader.TextOrNull(2), reader.GetString(3), reader.TimeOrNull(4), reader.GetString(5)),
                token),
            cancellationToken);
        return found.SingleOrDefault();
    }

    /// <summary>Writes down which vectors are about to be written.</summary>
    public Task AnnounceVectorsAsync(PendingContent content, int count, CancellationToken cancellationToken) =>
        database.RunAsync((connection, token) => AnnounceAsync(connection, content.DocumentId, content.Revision, count, token), cancellationToken);

    /// <summary>
    /// Replaces what readers see of the document, in one transaction with the end of the job and the beginning of the clean-up. Changes nothing for readers when
    /// a newer content was accepted meanwhile, or the document was deleted.
    /// </summary>
    /// <exception cref="LeaseLostException">Another worker holds the job: nothing changed.</exception>
    public Task PublishAsync(
        JobLease lease, PendingContent content, IReadOnlyList<Chunk> chunks, IReadOnlyDictionary<string, int> terms, CancellationToken cancellationToken) =>
        database.TransactAsync(
            async (connection, token) =>
            {
                await ReplaceAsync(connection, content, chunks, terms, token);
                await EnqueueCleanupAsync(connection, content.DocumentId, lease.RequestId, token);
                await JobQueue.CompleteAsync(connection, lease, token);
            },
            cancellationToken);

    /// <summary>Ends the job of a revision that is no longer the newest, and has its vectors removed if it wrote any.</summary>
    public Task AbandonAsync(JobLease lease, IngestJob job, CancellationToken cancellationToken) =>
        database.TransactAsync(
            async (connection, token) =>
            {
                await EnqueueCleanupAsync(connection, job.DocumentId, lease.RequestId, token);
                await JobQueue.CompleteAsync(connection, lease, token);
            },
            cancellationToken);

    /// <summary>A run that lost its lease may have written vectors after others cleaned up behind it: writes that down once more.</summary>
    public Task ReportStrayVectorsAsync(JobLease lease, PendingContent content, int count, CancellationToken cancellationToken) =>
        database.TransactAsync(
            async (connection, token) =>
            {
                await AnnounceAsync(connection, content.DocumentId, content.Revision, count, token);
                await EnqueueCleanupAsync(connection, content.DocumentId, lease.RequestId, token);
            },
            cancellationToken);

    /// <summary>
    /// The revisions of a document whose vectors nobody needs, with the number of vectors that each may have. Not those whose job is still alive: it may write more,
    /// and enqueues the clean-up itself when it ends.
    /// </summary>
    public Task<List<(long Revision, int Count)>> StaleVectorsAsync(string documentId, CancellationToken cancellationToken) =>
        database.RunAsync(
            (connection, token) => connection.QueryAsync(
                $"""
                select revision, count from rag.vector_revisions v
                where document_id = $1 and {Stale} and not exists (
                    select 1 from rag.jobs
                    where kind = '{IngestJob.Kind}' and unique_key = v.document_id || '/' || v.revision and unique_key is not null and state in ('queued', 'running'))
                """,
                [documentId], reader => (reader.GetInt64(0), reader.GetInt32(1)), token),
            cancellationToken);

    /// <summary>Forgets vectors that have been removed.</summary>
    public Task ForgetVectorsAsync(string documentId, long revision, CancellationToken cancellationToken) =>
        database.RunAsync(
            (connection, token) => connection.ExecuteAsync("delete from rag.vector_revisions where document_id = $1 and revision = $2", [documentId, revision], token),
            cancellationToken);

    /// <summary>Marks the document as failed, unless a newer revision is under way; then the failed one's vectors are nobody's.</summary>
    public async Task FailAsync(NpgsqlConnection connection, JobLease lease, IngestJob job, string reason, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(
            "update rag.documents set status = 'failed', error = $3, updated_at = now() where id = $1 and revision = $2",
            [job.DocumentId, job.Revision, reason], cancellationToken);
        await EnqueueCleanupAsync(connection, job.DocumentId, lease.RequestId, cancellationToken);
    }

    private static Task<int> AnnounceAsync(NpgsqlConnection connection, string documentId, long revision, int count, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            """
            insert into rag.vector_revisions as v (document_id, revision, count) values ($1, $2, $3)
            on conflict (document_id, revision) do update set count = greatest(v.count, excluded.count)
            """,
            [documentId, revision, count], cancellationToken);

    private async Task EnqueueCleanupAsync(NpgsqlConnection connection, string documentId, string? requestId, CancellationToken cancellationToken)
    {
        var isNeeded = await connection.QueryAsync(
            $"select exists (select 1 from rag.vector_revisions v where document_id = $1 and {Stale})", [documentId], reader => reader.GetBoolean(0), cancellationToken);
        if (isNeeded is [true]) await queue.EnqueueAsync(connection, [VectorCleanupJob.For(documentId)], requestId, cancellationToken);
    }

    private static async Task ReplaceAsync(
        NpgsqlConnection connection, PendingContent content, IReadOnlyList<Chunk> chunks, IReadOnlyDictionary<string, int> terms, CancellationToken cancellationToken)
    {
        // Holds the row until the commit: nothing newer can be accepted meanwhile.
        var visible = await connection.ExecuteAsync(
            """
            update rag.documents d
            set title = p.title, text = p.text, source = p.source, source_type = p.source_type, published_at = p.published_at, metadata = p.metadata,
                term_count = $3, status = 'ready', error = null, ready_revision = $2, updated_at = now()
            from rag.pending_contents p
            where d.id = $1 and d.revision = $2 and p.document_id = $1 and p.revision = $2
            """,
            [content.DocumentId, content.Revision, terms.Values.Sum()], cancellationToken);
        if (visible == 0) return;

        await using var batch = new NpgsqlBatch(connection)
            .Sql("delete from rag.pending_contents where document_id = $1", content.DocumentId)
            .Sql("delete from rag.chunks where document_id = $1", content.DocumentId)
            .Sql("delete from rag.terms where document_id = $1", content.DocumentId)
            .Sql(
                """
                insert into rag.chunks (id, document_id, ordinal, heading, text, token_count, start_offset, end_offset)
                select id, $1, ordinal, heading, text, token_count, start_offset, end_offset
                from unnest($2::uuid[], $3::integer[], $4::text[], $5::text[], $6::integer[], $7::integer[], $8::integer[])
                    as chunk (id, ordinal, heading, text, token_count, start_offset, end_offset)
                """,
                content.DocumentId, chunks.Select(c => ChunkId.Of(content.DocumentId, content.Revision, c.Ordinal)).ToArray(),
                chunks.Select(c => c.Ordinal).ToArray(), chunks.Select(c => c.Heading).ToArray(), chunks.Select(c => c.Text).ToArray(),
                chunks.Select(c => c.TokenCount).ToArray(), chunks.Select(c => c.Start).ToArray(), chunks.Select(c => c.End).ToArray())
            .Sql(
                "insert into rag.terms (term, document_id, frequency) select term, $1, frequency from unnest($2::text[], $3::integer[]) as t (term, frequency)",
                content.DocumentId, terms.Keys.ToArray(), terms.Values.ToArray());
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
