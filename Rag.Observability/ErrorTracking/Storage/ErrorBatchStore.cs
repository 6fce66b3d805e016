using Npgsql;
using NpgsqlTypes;
using Rag.Observability.Errors;
using Rag.Observability.Storage;

namespace Rag.Observability.ErrorTracking.Storage;

/// <summary>Writes a batch: all of it or none, and once, in however many tries.</summary>
internal sealed class ErrorBatchStore(ObservabilityDatabase database)
{
    /// <summary>A caller who can put anything into a message could otherwise make as many groups as they like.</summary>
    private const long MostGroups = 10_000;
    private const string Overflow = "v1:overflow";
    private const int SamplesPerGroup = 50;
    private const int AffectedPerGroup = 1000;
    private const long RequestsPerHour = 20_000;

    public async Task StoreAsync(ErrorBatch batch, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await IsNewAsync(connection, batch.Id, cancellationToken)) return;

        foreach (var delta in batch.Groups)
        {
            var group = await LockGroupAsync(connection, batch, delta, cancellationToken);
            await UpdateGroupAsync(connection, batch, delta, group, cancellationToken);
            await AddParticularsAsync(connection, batch, delta, group.Id, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<bool> IsNewAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("insert into observability.error_batches (id) values ($1) on conflict do nothing", connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = id } },
        };
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>The group that the delta goes to: its own, made when it is missing, or beyond the limit the one for all others.</summary>
    private static async Task<LockedGroup> LockGroupAsync(NpgsqlConnection connection, ErrorBatch batch, ErrorDelta delta, CancellationToken cancellationToken) =>
        await FindGroupAsync(connection, delta.Fingerprint, cancellationToken)
        ?? await MakeGroupAsync(connection, batch, delta, MostGroups, cancellationToken)
        ?? await FindGroupAsync(connection, Overflow, cancellationToken)
        ?? await MakeGroupAsync(
            connection, batch, delta with { Fingerprint = Overflow, Title = "Errors beyond the limit of groups", Reason = $"there are {MostGroups} groups already" },
            long.MaxValue, cancellationToken)
        ?? throw new DatabaseException("An error group went away while it was written.");

    private static async Task<LockedGroup?> FindGroupAsync(NpgsqlConnection connection, string fingerprint, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select id, count, {GroupRow.DecisionColumns} from observability.error_groups where fingerprint = $1 for update", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = fingerprint } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? new LockedGroup(row.GetGuid(0), row.GetInt64(1), GroupRow.ReadDecision(row, 2)) : null;
    }

    private static async Task<LockedGroup?> MakeGroupAsync(
        NpgsqlConnection connection, ErrorBatch batch, ErrorDelta delta, long most, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into observability.error_groups
                (id, fingerprint, reason, title, type, code, category, severity, first_seen, last_seen, first_version, last_version)
            select $1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $10 where (select count(*) from observability.error_groups) < $11
            on conflict (fingerprint) do nothing
            """, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() },
                new NpgsqlParameter<string> { TypedValue = delta.Fingerprint },
                new NpgsqlParameter<string> { TypedValue = Storable(delta.Reason) },
                new NpgsqlParameter<string> { TypedValue = Storable(delta.Title) },
                new NpgsqlParameter<string> { TypedValue = delta.Type },
                Text(delta.Code),
                new NpgsqlParameter<string> { TypedValue = delta.Category.Name() },
                new NpgsqlParameter<short> { TypedValue = (short)delta.Severity },
                new NpgsqlParameter<DateTime> { TypedValue = delta.FirstAt.UtcDateTime },
                new NpgsqlParameter<string> { TypedValue = batch.Version },
                new NpgsqlParameter<long> { TypedValue = most },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        return await FindGroupAsync(connection, delta.Fingerprint, cancellationToken);
    }

    private static async Task UpdateGroupAsync(
        NpgsqlConnection connection, ErrorBatch batch, ErrorDelta delta, LockedGroup group, CancellationToken cancellationToken)
    {
        var count = group.Count + delta.Count;
        await using var command = new NpgsqlCommand(
            $"""
            update observability.error_groups set {GroupRow.SetDecision},
                count = $10, severity = greatest(severity, $11), first_seen = least(first_seen, $12), last_seen = greatest(last_seen, $13), last_version = $14,
                services = case when $15 = any(services) then services else services || $15 end
            where id = $1
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.Id });
        GroupRow.AddDecision(command.Parameters, group.Decision.After(delta.LastAt, batch.Version, count));
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = count });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)delta.Severity });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = delta.FirstAt.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = delta.LastAt.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = batch.Version });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = batch.Service });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task AddParticularsAsync(
        NpgsqlConnection connection, ErrorBatch batch, ErrorDelta delta, Guid group, CancellationToken cancellationToken)
    {
        await using var commands = new NpgsqlBatch(connection)
        {
            BatchCommands = { Hours(group, delta), Keys(group, delta), Requests(group, delta), Affected(group, "user", delta.Users, delta.LastAt), Affected(group, "route", delta.Routes, delta.LastAt) },
        };
        foreach (var sample in delta.Samples) commands.BatchCommands.Add(Sample(group, batch, sample));
        commands.BatchCommands.Add(Trim(group));
        await commands.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Hours(Guid group, ErrorDelta delta) => new(
        """
        insert into observability.error_hours (group_id, hour, count) select $1, * from unnest($2::timestamptz[], $3::bigint[])
        on conflict (group_id, hour) do update set count = error_hours.count + excluded.count
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = group },
            new NpgsqlParameter<DateTime[]> { TypedValue = [.. delta.Hours.Keys.Select(hour => hour.UtcDateTime)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. delta.Hours.Values] },
        },
    };

    private static NpgsqlBatchCommand Keys(Guid group, ErrorDelta delta) => new(
        """
        insert into observability.error_keys (key, group_id, last_seen) select key, $1, $3 from unnest($2::bigint[]) key
        on conflict (key, group_id) do update set last_seen = greatest(error_keys.last_seen, excluded.last_seen)
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = group },
            new NpgsqlParameter<long[]> { TypedValue = [.. delta.Keys.Select(key => unchecked((long)key))] },
            new NpgsqlParameter<DateTime> { TypedValue = delta.LastAt.UtcDateTime },
        },
    };

    /// <summary>In a storm only the first of each hour.</summary>
    private static NpgsqlBatchCommand Requests(Guid group, ErrorDelta delta) => new(
        """
        insert into observability.error_requests (request_id, group_id, seen_at) select request, $1, $3 from unnest($2::text[]) request
        where (select max(count) from observability.error_hours where group_id = $1 and hour >= date_trunc('hour', $3, 'UTC')) <= $4
        on conflict do nothing
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = group },
            new NpgsqlParameter<string[]> { TypedValue = [.. delta.Requests.Select(Storable)] },
            new NpgsqlParameter<DateTime> { TypedValue = delta.LastAt.UtcDateTime },
            new NpgsqlParameter<long> { TypedValue = RequestsPerHour },
        },
    };

    /// <summary>Beyond the cap only values that are there already are counted.</summary>
    private static NpgsqlBatchCommand Affected(Guid group, string kind, Dictionary<string, long> counts, DateTimeOffset at) => new(
        """
        insert into observability.error_affected (group_id, kind, value, count, last_seen)
        select $1, $2, seen.value, seen.count, $5 from unnest($3::text[], $4::bigint[]) as seen (value, count)
        where (select count(*) from observability.error_affected where group_id = $1 and kind = $2) < $6
           or exists (select 1 from observability.error_affected there where there.group_id = $1 and there.kind = $2 and there.value = seen.value)
        on conflict (group_id, kind, value) do update
            set count = error_affected.count + excluded.count, last_seen = greatest(error_affected.last_seen, excluded.last_seen)
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = group },
            new NpgsqlParameter<string> { TypedValue = kind },
            new NpgsqlParameter<string[]> { TypedValue = [.. counts.Keys.Select(Storable)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. counts.Values] },
            new NpgsqlParameter<DateTime> { TypedValue = at.UtcDateTime },
            new NpgsqlParameter<int> { TypedValue = AffectedPerGroup },
        },
    };

    private static NpgsqlBatchCommand Sample(Guid group, ErrorBatch batch, ErrorEvent sample) => new(
        """
        insert into observability.error_events
            (id, group_id, occurred_at, message, stack, source, route, request_id, trace_id, user_name, service, version, environment)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        on conflict (id) do nothing
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<string> { TypedValue = sample.Id },
            new NpgsqlParameter<Guid> { TypedValue = group },
            new NpgsqlParameter<DateTime> { TypedValue = sample.At.UtcDateTime },
            new NpgsqlParameter<string> { TypedValue = Storable(sample.Message) },
            new NpgsqlParameter<string> { TypedValue = Storable(sample.Stack) },
            new NpgsqlParameter<string> { TypedValue = ErrorSources.Name(sample.Source) },
            new NpgsqlParameter<string> { TypedValue = Storable(sample.Route) },
            Text(sample.RequestId),
            Text(sample.TraceId),
            Text(sample.User),
            new NpgsqlParameter<string> { TypedValue = batch.Service },
            new NpgsqlParameter<string> { TypedValue = batch.Version },
            new NpgsqlParameter<string> { TypedValue = batch.Environment },
        },
    };

    private static NpgsqlBatchCommand Trim(Guid group) => new(
        """
        delete from observability.error_events where group_id = $1 and id in
            (select id from observability.error_events where group_id = $1 order by occurred_at desc, id offset $2)
        """)
    {
        Parameters = { new NpgsqlParameter<Guid> { TypedValue = group }, new NpgsqlParameter<int> { TypedValue = SamplesPerGroup } },
    };

    private static NpgsqlParameter Text(string? value) => new() { Value = value is null ? DBNull.Value : Storable(value), NpgsqlDbType = NpgsqlDbType.Text };

    /// <summary>PostgreSQL's text has no NUL, and messages quote what callers send.</summary>
    private static string Storable(string text) => text.Replace('\0', '\uFFFD');

    private sealed record LockedGroup(Guid Id, long Count, GroupDecision Decision);
}
