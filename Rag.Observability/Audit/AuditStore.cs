using Npgsql;
using NpgsqlTypes;
using Rag.Observability.Storage;

namespace Rag.Observability.Audit;

/// <summary>The audit trail's table: appends to the chain, walks along it, and removes what is old enough.</summary>
internal sealed class AuditStore(ObservabilityDatabase database, AuditChain chain)
{
    private const string ForUpdate = " for update";

    /// <summary>Events that are removed in one transaction, in which nobody else can append.</summary>
    private const int LargestRemoval = 2_000;

    /// <summary>Of a walk along everything: whoever asks for it says when it is enough.</summary>
    private const int NoLimit = 0;

    /// <summary>Appends events in their order; those that are there already are left out, so that a batch may come twice.</summary>
    /// <returns>The end of the chain.</returns>
    /// <exception cref="NpgsqlException">The database failed: none of the events was appended, or all of them were.</exception>
    public async Task<AuditWitness> AppendAsync(IReadOnlyList<AuditContent> events, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (sequence, hash, _) = await ReadHeadAsync(connection, ForUpdate, cancellationToken);
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

    /// <summary>Walks along the whole chain, from the first event that retention left to the head.</summary>
    /// <param name="witness">An end of the chain that was seen before: it has to be there still.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async Task<AuditVerification> VerifyAsync(AuditWitness? witness, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // One snapshot of rows and head, whatever is appended meanwhile.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var (headSequence, headHash, anchor) = await ReadHeadAsync(connection, string.Empty, cancellationToken);
        if (!anchor.IsGenuine(chain)) return AuditVerification.Broken(0, anchor.Sequence + 1, "The anchor, up to which old events were removed, was changed.");

        var (count, previous, broken) = await WalkAsync(connection, anchor, long.MaxValue, witness, NoLimit, cancellationToken);
        if (broken is not null) return broken;
        var events = count - anchor.Sequence;
        if (count != headSequence || !headHash.AsSpan().SequenceEqual(previous)) return AuditVerification.Broken(events, count + 1, "Events are missing at the end.");
        return witness?.Sequence > count
            ? AuditVerification.Broken(events, count + 1, "Events that were acknowledged are missing at the end.")
            : AuditVerification.Intact(events, Convert.ToHexStringLower(previous)) with { RemovedUntil = anchor.Sequence == 0 ? null : anchor.Sequence };
    }

    /// <summary>Removes the oldest events up to the first that is younger, and leaves an anchor in their place. Events that were tampered with stay, and so does what comes after them.</summary>
    /// <returns>The anchors before and after.</returns>
    public async Task<(AuditAnchor Before, AuditAnchor After)> RemoveOlderThanAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        var (before, after) = await RemoveBatchAsync(time, cancellationToken);
        for (var last = before; after.Sequence > last.Sequence;)
        {
            last = after;
            (_, after) = await RemoveBatchAsync(time, cancellationToken);
        }

        return (before, after);
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

    private async Task<(AuditAnchor Before, AuditAnchor After)> RemoveBatchAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (_, _, anchor) = await ReadHeadAsync(connection, ForUpdate, cancellationToken);
        var last = anchor.IsGenuine(chain) ? await LastOlderThanAsync(connection, time, cancellationToken) : 0;
        if (last <= anchor.Sequence) return (anchor, anchor);

        // What goes is looked at once more: nobody gets rid of a broken place by waiting.
        var (sequence, hash, broken) = await WalkAsync(connection, anchor, last, witness: null, connection.CommandTimeout, cancellationToken);
        if (broken is not null || sequence != last) return (anchor, anchor);

        var next = AuditAnchor.Set(sequence, hash, chain);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("set local observability.audit_retention = 'on'"),
                new("delete from observability.audit_events where sequence <= $1") { Parameters = { new() { Value = sequence } } },
                new("set local observability.audit_retention = 'off'"),
                new("update observability.audit_head set anchor_sequence = $1, anchor_hash = $2, anchor_seal = $3")
                {
                    Parameters = { new() { Value = next.Sequence }, new() { Value = next.Hash }, new() { Value = next.Seal } },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (anchor, next);
    }

    /// <summary>Events that waited in a journal are older than those around them: the first young one ends what may go.</summary>
    private static async Task<long> LastOlderThanAsync(NpgsqlConnection connection, DateTimeOffset time, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with oldest as (select sequence, occurred_at from observability.audit_events order by sequence limit $2)
            select coalesce((select min(sequence) - 1 from oldest where occurred_at >= $1), (select max(sequence) from oldest), 0)
            """, connection)
        {
            Parameters = { new() { Value = time.UtcDateTime }, new() { Value = LargestRemoval } },
        };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Walks from behind the anchor to the last number, or to the end; the time limit is in seconds.</summary>
    private async Task<(long Sequence, byte[] Hash, AuditVerification? Broken)> WalkAsync(
        NpgsqlConnection connection, AuditAnchor anchor, long last, AuditWitness? witness, int timeout, CancellationToken cancellationToken)
    {
        var (count, previous) = (anchor.Sequence, anchor.Hash);
        await using var rows = new NpgsqlCommand(
            "select sequence, occurred_at, content, previous_hash, hash from observability.audit_events where sequence <= $1 order by sequence", connection)
        {
            CommandTimeout = timeout,
            Parameters = { new() { Value = last } },
        };
        await using var reader = await rows.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (sequence, content) = (reader.GetInt64(0), reader.GetString(2));
            if (sequence != count + 1) return Broken(count + 1, "An event is missing.");
            if (!reader.GetFieldValue<byte[]>(3).AsSpan().SequenceEqual(previous)) return Broken(sequence, "The event before it was replaced.");

            previous = chain.Next(previous, sequence, content);
            if (!reader.GetFieldValue<byte[]>(4).AsSpan().SequenceEqual(previous) || !IsTime(content, reader.GetFieldValue<DateTimeOffset>(1))) return Broken(sequence, "The event was changed.");
            if (sequence == witness?.Sequence && witness.Hash != Convert.ToHexStringLower(previous)) return Broken(sequence, "The chain was written anew.");
            count = sequence;
        }

        return (count, previous, null);

        (long, byte[], AuditVerification?) Broken(long sequence, string reason) => (count, previous, AuditVerification.Broken(count - anchor.Sequence, sequence, reason));
    }

    private static async Task<AuditHead> ReadHeadAsync(NpgsqlConnection connection, string suffix, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select sequence, hash, anchor_sequence, anchor_hash, anchor_seal from observability.audit_head" + suffix, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        // Without its row the chain cannot be continued, and is broken for whoever verifies it.
        return await reader.ReadAsync(cancellationToken)
            ? new AuditHead(
                reader.GetInt64(0), reader.GetFieldValue<byte[]>(1),
                new AuditAnchor(reader.GetInt64(2), reader.GetFieldValue<byte[]>(3), await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetFieldValue<byte[]>(4)))
            : new AuditHead(-1, AuditChain.Start, AuditAnchor.None);
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
