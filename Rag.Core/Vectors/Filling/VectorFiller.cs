using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Rag.Core.Storage;
using Rag.Core.Vectors.Collections;

namespace Rag.Core.Vectors.Filling;

/// <summary>Makes the vectors that a collection lacks for the passages that readers see. Running it twice, or in two processes, does no harm: same ids, same vectors.</summary>
internal sealed class VectorFiller(RagDatabase database, VectorIndex index)
{
    private const int PageSize = 256;
    private const int BatchSize = 64;

    /// <summary>Goes through the passages once, in the order of their ids.</summary>
    /// <param name="collection">The collection to complete.</param>
    /// <param name="model">Its model.</param>
    /// <param name="changedSince">Only documents that changed since; null for all.</param>
    /// <param name="cancellationToken">Ends the work; what was written stays.</param>
    /// <returns>How many vectors were missing.</returns>
    public async Task<int> FillAsync(VectorCollection collection, EmbeddingModel model, DateTimeOffset? changedSince, CancellationToken cancellationToken)
    {
        var written = 0;
        var after = Guid.Empty;
        while (await ReadAsync(after, changedSince, cancellationToken) is { Count: > 0 } page)
        {
            var present = await index.FindAsync(collection, [.. page.Select(passage => passage.Id)], cancellationToken);
            foreach (var batch in page.Where(passage => !present.Contains(passage.Id)).Chunk(BatchSize))
            {
                await WriteAsync(collection, model, batch, cancellationToken);
                written += batch.Length;
            }

            after = page[^1].Id;
        }

        return written;
    }

    private async Task WriteAsync(VectorCollection collection, EmbeddingModel model, Passage[] batch, CancellationToken cancellationToken)
    {
        var vectors = await model.Generator.GenerateAsync(
            batch.Select(passage => PassageText.ForEmbedding(passage.Title, passage.Heading, passage.Text)), cancellationToken: cancellationToken);
        await index.UpsertAsync(collection, [.. batch.Zip(vectors, (passage, vector) => new VectorPoint(passage.Id, vector.Vector, passage.Payload))], cancellationToken);

        // A document that was replaced meanwhile has had its vectors removed already, before these came: nobody else would remove them.
        var visible = await FindVisibleAsync([.. batch.Select(passage => passage.Id)], cancellationToken);
        await index.DeleteAsync([.. batch.Select(passage => passage.Id).Where(id => !visible.Contains(id))], cancellationToken);
    }

    private Task<List<Passage>> ReadAsync(Guid after, DateTimeOffset? changedSince, CancellationToken cancellationToken) =>
        database.RunAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select c.id, c.heading, c.text, d.id, d.title, d.source, d.source_type, d.published_at, d.metadata::text
                    from rag.chunks c join rag.documents d on d.id = c.document_id
                    where c.id > $1 and ($2::timestamptz is null or d.updated_at >= $2)
                    order by c.id limit $3
                    """,
                    connection);
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
                command.Parameters.Add(new NpgsqlParameter { Value = (object?)changedSince?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PageSize });
                await using var reader = await command.ExecuteReaderAsync(token);
                var page = new List<Passage>(PageSize);
                while (await reader.ReadAsync(token)) page.Add(await ReadAsync(reader, token));
                return page;
            },
            cancellationToken);

    private static async Task<Passage> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken) => new(
        reader.GetGuid(0),
        reader.GetString(4),
        reader.GetString(1),
        reader.GetString(2),
        new VectorPayload(
            reader.GetString(3),
            await reader.IsDBNullAsync(5, cancellationToken) ? null : reader.GetString(5),
            reader.GetString(6),
            await reader.IsDBNullAsync(7, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(7),
            JsonNode.Parse(reader.GetString(8))!.AsObject()));

    private Task<HashSet<Guid>> FindVisibleAsync(Guid[] ids, CancellationToken cancellationToken) =>
        database.RunAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand("select id from rag.chunks where id = any($1)", connection);
                command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
                await using var reader = await command.ExecuteReaderAsync(token);
                var visible = new HashSet<Guid>();
                while (await reader.ReadAsync(token)) visible.Add(reader.GetGuid(0));
                return visible;
            },
            cancellationToken);

    private sealed record Passage(Guid Id, string Title, string Heading, string Text, VectorPayload Payload);
}
