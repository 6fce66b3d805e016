using Npgsql;
using NpgsqlTypes;
using Rag.Core.Storage;

namespace Rag.Core.Feedback;

/// <summary>Feedback in PostgreSQL.</summary>
internal sealed class FeedbackStore(RagDatabase database, SchemaReadiness schema)
{
    /// <summary>Stores an entry, once in however many tries.</summary>
    public async Task StoreAsync(FeedbackEntry entry, CancellationToken cancellationToken)
    {
        // What comes before the first connection to PostgreSQL has no table yet.
        await schema.WaitAsync(cancellationToken);
        await database.RunAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    insert into rag.feedback (id, search_id, answer_id, rating, clicked, relevant, comment, caller, given_at)
                    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing
                    """, connection)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<Guid> { TypedValue = entry.Id },
                        Optional(entry.SearchId, NpgsqlDbType.Uuid),
                        Optional(entry.AnswerId, NpgsqlDbType.Uuid),
                        Optional((short?)entry.Rating, NpgsqlDbType.Smallint),
                        new NpgsqlParameter<int[]> { TypedValue = [.. entry.Clicked] },
                        new NpgsqlParameter<string[]> { TypedValue = [.. entry.Relevant] },
                        Optional(entry.Comment, NpgsqlDbType.Text),
                        Optional(entry.Caller, NpgsqlDbType.Text),
                        new NpgsqlParameter<DateTime> { TypedValue = entry.GivenAt.UtcDateTime },
                    },
                };
                await command.ExecuteNonQueryAsync(token);
            },
            cancellationToken);
    }

    private static NpgsqlParameter Optional(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
