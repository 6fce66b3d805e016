using Microsoft.Extensions.Options;
using Npgsql;
using Rag.Core.Documents.Ingestion;
using Rag.Core.Jobs;
using Rag.Core.Storage;
using Rag.Observability.Errors;
using Rag.Observability.Logging;

namespace Rag.Core.Documents;

/// <summary>Documents as callers know them: accepted, looked up, listed, deleted. Making them searchable is the job of the ingestion.</summary>
public sealed class DocumentStore
{
    private const string Columns =
        """
        select d.id, coalesce(p.title, d.title), d.status, (select count(*)::integer from rag.chunks c where c.document_id = d.id),
               d.content_hash, d.created_at, d.updated_at, d.error
        from rag.documents d left join rag.pending_contents p on p.document_id = d.id
        """;

    private readonly RagDatabase _database;
    private readonly JobQueue _queue;
    private readonly DocumentValidator _validator;
    private readonly DocumentOptions _limits;
    private readonly BusinessLog _business;

    internal DocumentStore(RagDatabase database, JobQueue queue, DocumentValidator validator, IOptions<DocumentOptions> options, BusinessLog business)
    {
        _business = business;
        _database = database;
        _queue = queue;
        _validator = validator;
        _limits = options.Value;
    }

    /// <summary>Accepts documents, all or none, each with the job that makes it searchable. What was accepted survives any crash.</summary>
    /// <param name="submissions">What the caller sent.</param>
    /// <param name="field">What the caller calls the list, for the paths in errors.</param>
    /// <param name="requestId">Goes with the jobs.</param>
    /// <param name="cancellationToken">Ends the wait for PostgreSQL.</param>
    /// <exception cref="ValidationException">A document breaks a rule. Nothing was stored.</exception>
    public async Task<IReadOnlyList<AcceptedDocument>> AcceptAsync(
        IReadOnlyList<DocumentSubmission?>? submissions, string field, string? requestId, CancellationToken cancellationToken)
    {
        var contents = _validator.Validate(submissions, field);
        var accepted = await _database.TransactAsync(
            async (connection, token) =>
            {
                var revisions = await WriteAsync(connection, contents, token);
                var changed = contents.Where(content => revisions.ContainsKey(content.Id)).ToList();
                var jobs = await _queue.EnqueueAsync(connection, [.. changed.Select(content => IngestJob.For(content.Id, revisions[content.Id]))], requestId, token);
                var jobOf = changed.Zip(jobs).ToDictionary(pair => pair.First.Id, pair => pair.Second, StringComparer.Ordinal);

                return (IReadOnlyList<AcceptedDocument>)[.. contents.Select(content =>
                    jobOf.TryGetValue(content.Id, out var job) ? new AcceptedDocument(content.Id, "queued", job) : new AcceptedDocument(content.Id, "unchanged", null))];
            },
            cancellationToken);
        _business.Happened("documents_accepted", accepted.Count(document => document.JobId is not null));
        return accepted;
    }

    /// <exception cref="NotFoundException">There is no such document.</exception>
    public async Task<Document> GetAsync(string id, CancellationToken cancellationToken)
    {
        if (!DocumentId.IsValid(id, _limits.MaxIdLength)) throw NotFound();
        var found = await _database.RunAsync((connection, token) => connection.QueryAsync($"{Columns} where d.id = $1", [id], Read, token), cancellationToken);
        return found is [var document] ? document : throw NotFound();
    }

    /// <summary>Lists documents in the order of their ids.</summary>
    /// <param name="status">Only those with this status.</param>
    /// <param name="sourceType">Only those of this type.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cursor">Where an earlier list ended.</param>
    /// <param name="cancellationToken">Ends the wait for PostgreSQL.</param>
    /// <exception cref="ValidationException">A parameter breaks a rule.</exception>
    public async Task<DocumentPage> ListAsync(string? status, string? sourceType, int limit, string? cursor, CancellationToken cancellationToken)
    {
        if (status is not null && DocumentStatuses.Parse(status) is null) throw new ValidationException("status", "must be queued, processing, ready or failed", "unknown_value");
        if (sourceType is not null && !StorableText.IsStorable(sourceType)) throw new ValidationException("source_type", StorableText.Rule, "invalid_characters");
        if (limit is < 1 or > 1000) throw new ValidationException("limit", "must be between 1 and 1000", "out_of_range");
        var after = DocumentCursor.Read(cursor, _limits.MaxIdLength);

        // Only the conditions that are asked for, so that each combination has its index.
        List<object?> values = [limit + 1];
        var conditions = new List<string>();
        foreach (var (column, value) in new[] { ("d.status =", status), ("d.source_type =", sourceType), ("d.id >", after) })
        {
            if (value is null) continue;
            values.Add(value);
            conditions.Add($"{column} ${values.Count}");
        }

        var where = conditions.Count == 0 ? "" : "where " + string.Join(" and ", conditions);
        var documents = await _database.RunAsync(
            (connection, token) => connection.QueryAsync($"{Columns} {where} order by d.id limit $1", [.. values], Read, token), cancellationToken);
        return documents.Count <= limit
            ? new DocumentPage(documents, null)
            : new DocumentPage(documents[..limit], DocumentCursor.After(documents[limit - 1].Id));
    }

    /// <summary>Deletes a document: gone from lists and searches when this returns; a job takes its vectors out of the store.</summary>
    /// <exception cref="NotFoundException">There is no such document.</exception>
    public async Task DeleteAsync(string id, string? requestId, CancellationToken cancellationToken)
    {
        if (!DocumentId.IsValid(id, _limits.MaxIdLength)) throw NotFound();
        await _database.TransactAsync(
            async (connection, token) =>
            {
                var deleted = await connection.ExecuteAsync("delete from rag.documents where id = $1", [id], token);
                if (deleted == 0) throw NotFound();
                await _queue.EnqueueAsync(connection, [VectorCleanupJob.For(id)], requestId, token);
            },
            cancellationToken);
        _business.Happened("document_deleted", subject: id);
    }

    /// <returns>The new revision of each document that changed. One that failed counts as changed: sending it again means trying again.</returns>
    private static async Task<Dictionary<string, long>> WriteAsync(NpgsqlConnection connection, IReadOnlyList<DocumentContent> contents, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync(
            """
            with incoming as (
                select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::jsonb[], $8::text[])
                    as content (id, title, text, source, source_type, published_at, metadata, content_hash)
            ), changed as (
                -- Ascending ids: two batches that share documents never wait for each other in a circle.
                insert into rag.documents as document (id, title, text, source, source_type, published_at, metadata, content_hash)
                select id, title, '', source, source_type, published_at, metadata, content_hash from incoming order by id
                on conflict (id) do update
                set content_hash = excluded.content_hash, revision = nextval('rag.document_revisions'), status = 'queued', error = null, updated_at = now()
                where document.content_hash <> excluded.content_hash or document.status = 'failed'
                returning id, revision
            )
            insert into rag.pending_contents as pending (document_id, revision, title, text, source, source_type, published_at, metadata)
            select id, changed.revision, title, text, source, source_type, published_at, metadata from incoming join changed using (id)
            on conflict (document_id) do update
            set revision = excluded.revision, title = excluded.title, text = excluded.text, source = excluded.source, source_type = excluded.source_type,
                published_at = excluded.published_at, metadata = excluded.metadata
            returning document_id, revision
            """,
            [
                contents.Select(c => c.Id).ToArray(), contents.Select(c => c.Title).ToArray(), contents.Select(c => c.Text).ToArray(),
                contents.Select(c => c.Source).ToArray(), contents.Select(c => c.SourceType).ToArray(),
                contents.Select(c => c.PublishedAt).ToArray(), contents.Select(c => c.Metadata).ToArray(), contents.Select(c => c.Hash).ToArray(),
            ],
            reader => (Id: reader.GetString(0), Revision: reader.GetInt64(1)), cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Revision, StringComparer.Ordinal);
    }

    private static NotFoundException NotFound() => new("There is no document of this id.");

    private static Document Read(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        DocumentStatuses.Parse(reader.GetString(2)) ?? throw new InvalidOperationException("The document has a status that this version does not know."),
        reader.GetInt32(3),
        reader.GetString(4),
        reader.Time(5),
        reader.Time(6),
        reader.TextOrNull(7));
}
