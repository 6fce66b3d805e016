using Npgsql;
using Rag.Core.Storage;

namespace Rag.Core.Vectors.Collections;

/// <summary>Remembers in PostgreSQL which collection searches use and which is being built: the same for all processes.</summary>
internal sealed class CollectionStore(RagDatabase database)
{
    public Task<IReadOnlyList<VectorCollection>> ListAsync(CancellationToken cancellationToken) =>
        database.RunAsync<IReadOnlyList<VectorCollection>>(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(
                    "select name, model, dimension, state, created_at, changed_at from rag.vector_collections order by name", connection);
                await using var reader = await command.ExecuteReaderAsync(token);
                var collections = new List<VectorCollection>();
                while (await reader.ReadAsync(token))
                {
                    collections.Add(new VectorCollection(
                        reader.GetString(0), reader.GetString(1), reader.GetInt32(2), Enum.Parse<CollectionState>(reader.GetString(3), ignoreCase: true),
                        reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<DateTimeOffset>(5)));
                }

                return collections;
            },
            cancellationToken);

    /// <summary>Makes a collection known: the first ever is active, any later one is to be built. One that is known stays as it is.</summary>
    public Task RegisterAsync(string name, string model, int dimension, CancellationToken cancellationToken) =>
        ExecuteAsync(
            """
            insert into rag.vector_collections (name, model, dimension, state)
            select $1, $2, $3, case when exists (select 1 from rag.vector_collections where state = 'active') then 'building' else 'active' end
            on conflict do nothing
            """,
            [name, model, dimension],
            cancellationToken);

    /// <summary>Takes a retired collection back into work: its model is wanted again.</summary>
    public Task RebuildAsync(string name, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "update rag.vector_collections set state = 'building', created_at = now(), changed_at = now() where name = $1 and state = 'retired'", [name], cancellationToken);

    /// <summary>Lets searches use a collection that has been built, and retires the one they used. One statement after the other in one transaction: there is always one active.</summary>
    public Task ActivateAsync(string name, CancellationToken cancellationToken) =>
        database.TransactAsync(
            async (connection, token) =>
            {
                await using var batch = new NpgsqlBatch(connection)
                {
                    BatchCommands =
                    {
                        new NpgsqlBatchCommand("lock table rag.vector_collections in exclusive mode"),
                        new NpgsqlBatchCommand(
                            """
                            update rag.vector_collections set state = 'retired', changed_at = now()
                            where state = 'active' and exists (select 1 from rag.vector_collections where name = $1 and state = 'building')
                            """) { Parameters = { new NpgsqlParameter { Value = name } } },
                        new NpgsqlBatchCommand("update rag.vector_collections set state = 'active', changed_at = now() where name = $1 and state = 'building'")
                        {
                            Parameters = { new NpgsqlParameter { Value = name } },
                        },
                    },
                };
                await batch.ExecuteNonQueryAsync(token);
            },
            cancellationToken);

    /// <summary>Forgets a retired collection.</summary>
    public Task ForgetAsync(string name, CancellationToken cancellationToken) =>
        ExecuteAsync("delete from rag.vector_collections where name = $1 and state = 'retired'", [name], cancellationToken);

    private Task ExecuteAsync(string sql, object[] values, CancellationToken cancellationToken) =>
        database.RunAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(sql, connection);
                foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
                return await command.ExecuteNonQueryAsync(token);
            },
            cancellationToken);
}
