using Npgsql;
using NpgsqlTypes;
using Rag.Observability.Storage;

namespace Rag.Observability.Audit;

/// <summary>The audit trail's table: appends to the chain, and walks along it.</summary>
internal sealed class AuditStore(ObservabilityDatabase database, AuditChain chain)
{
    /// <summary>Appends events in their order; those that are there already are left out, so that a batch may come twice.</summary>
    /// <returns>The end of the chain.</returns>
    /// <exception cref="NpgsqlException">The database failed: none of the events was appended, or all of them were.</exception>
    public async Task<AuditWitness> AppendAsync(IReadOnlyList<AuditContent> events, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (sequence, hash) = await LockHeadAsync(connection, cancellationToken);
        var known = await KnownAsync(connection, events, cancellationToken);
        var fresh = events.Where(e => known.Add(e.Id)).ToList();
        if (fresh.Count > 0)
        {
            (sequence, hash) = await InsertAsync(connection, fresh, sequence, hash, cancellationToken);
            await using var move = new NpgsqlCommand("update observability.audit_head set sequence = $1, hash = $2", connection)
            {
                Parameters = { new() { Value = sequence }, new() { Value = hash } },
            };
            await move.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return new AuditWitness(sequence, Convert.ToHexStringLower(hash));
    }

    /// <summary>Walks along the whole chain, from the first event to the head.</summary>
    /// <param name="witness">An end of the chain that was seen before: it has to be there still.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async Task<AuditVerification> VerifyAsync(AuditWitness? witness, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // One snapshot of rows and head, whatever is appended meanwhile.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var (headSequence, headHash) = await ReadHeadAsync(connection, string.Empty, cancellationToken);

        var (count, previous) = (0L, AuditChain.Start);
        await using (var rows = new NpgsqlCommand("select sequence, occurred_at, content, previous_hash, hash from observability.audit_events order by sequence", connection) { CommandTimeout = 0 })
        await using (var reader = await rows.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var (sequence, content) = (reader.GetInt64(0), reader.GetString(2));
                if (sequence != count + 1) return AuditVerification.Broken(count, count + 1, "An event is missing.");
                if (!reader.GetFieldValue<byte[]>(3).AsSpan().SequenceEqual(previous)) return AuditVerification.Broken(count, sequence, "The event before it was replaced.");

                previous = chain.Next(previous, sequence, content);
                if (!reader.GetFieldValue<byte[]>(4).AsSpan().SequenceEqual(previous) || !IsTime(content, reader.GetFieldValue<DateTimeOffset>(1)))
                    return AuditVerification.Broken(count, sequence, "The event was changed.");
                if (sequence == witness?.Sequence && witness.Hash != Convert.ToHexStringLower(previous))
                    return AuditVerification.Broken(count, sequence, "The chain was written anew.");
                count = sequence;
            }
        }

        if (count != headSequence || !headHash.AsSpan().SequenceEqual(previous)) return AuditVerification.Broken(count, count + 1, "Events are missing at the end.");
        return witness?.Sequence > count
            ? AuditVerification.Broken(count, count + 1, "Events that were acknowledged are missing at the end.")
            : AuditVerification.Intact(count, Convert.ToHexStringLower(previous));
    }

    /// <summary>The newest events, as they were hashed.</summary>
    public async Task<List<(long Sequence, string Content)>> ListAsync(AuditKind? kind, string? actor, long? before, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            select sequence, content from observability.audit_events
            where ($1::text is null or kind = $1) and ($2::text is null or actor = $2) and ($3::bigint is null or sequence < $3)
            order by sequence desc
            limit $4
            """, connection)
        {
            Parameters =
            {
                new() { Value = kind is { } k ? AuditContent.Name(k) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = actor ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = before ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                new() { Value = limit },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<(long, string)>();
        while (await reader.ReadAsync(cancellationToken)) events.Add((reader.GetInt64(0), reader.GetString(1)));
        return events;
    }

    private static Task<(long Sequence, byte[] Hash)> LockHeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ReadHeadAsync(connection, " for update", cancellationToken);

    private static async Task<(long Sequence, byte[] Hash)> ReadHeadAsync(NpgsqlConnection connection, string suffix, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select sequence, hash from observability.audit_head" + suffix, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        // Without its row the chain cannot be continued, and is broken for whoever verifies it.
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : (-1, AuditChain.Start);
    }

    private static async Task<HashSet<Guid>> KnownAsync(NpgsqlConnection connection, IReadOnlyList<AuditContent> events, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select id from observability.audit_events where id = any($1)", connection)
        {
            Parameters = { new() { Value = events.Select(e => e.Id).ToArray() } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var known = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken)) known.Add(reader.GetGuid(0));
        return known;
    }

    private async Task<(long Sequence, byte[] Hash)> InsertAsync(
        NpgsqlConnection connection, List<AuditContent> events, long sequence, byte[] hash, CancellationToken cancellationToken)
    {
        var (sequences, previous, hashes) = (new long[events.Count], new byte[events.Count][], new byte[events.Count][]);
        for (var i = 0; i < events.Count; i++)
        {
            (sequences[i], previous[i]) = (++sequence, hash);
            hashes[i] = hash = chain.Next(hash, sequence, events[i].Json);
        }

        await using var insert = new NpgsqlCommand(
            """
            insert into observability.audit_events (sequence, id, occurred_at, content, previous_hash, hash)
            select * from unnest($1::bigint[], $2::uuid[], $3::timestamptz[], $4::text[], $5::bytea[], $6::bytea[])
            """, connection)
        {
            Parameters =
            {
                new() { Value = sequences }, new() { Value = events.Select(e => e.Id).ToArray() }, new() { Value = events.Select(e => e.OccurredAt.UtcDateTime).ToArray() },
                new() { Value = events.Select(e => e.Json).ToArray() }, new() { Value = previous }, new() { Value = hashes },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellationToken);
        return (sequence, hash);
    }

    private static bool IsTime(string content, DateTimeOffset occurredAt)
    {
        try
        {
            return AuditContent.Parse(content).OccurredAt == occurredAt;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }
}
