using Npgsql;
using NpgsqlTypes;
using Rag.Observability.Errors;
using Rag.Observability.ErrorTracking.Storage;
using Rag.Observability.Storage;

namespace Rag.Observability.ErrorTracking;

/// <summary>The read side of error tracking, and what people decide about groups.</summary>
/// <exception cref="NotFoundException">No group has the id.</exception>
public sealed class ErrorGroups
{
    private const int MostEvents = 20;
    private const int MostValues = 10;
    private const int Week = 7;

    private const string GroupColumns =
        $"id, title, type, code, category, severity, reason, fingerprint, services, first_seen, last_seen, first_version, last_version, count, {GroupRow.DecisionColumns}";

    private readonly ObservabilityDatabase _database;
    private readonly TimeProvider _time;

    internal ErrorGroups(ObservabilityDatabase database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>A page of groups. The state is worked out of times and cannot be asked of an index, so that a page with a state may hold fewer than the limit.</summary>
    public async Task<ErrorPage> ListAsync(ErrorQuery query, CancellationToken cancellationToken)
    {
        var cursor = query.Cursor is null ? ErrorCursor.Start : ErrorCursor.Parse(query.Cursor);
        await using var connection = await _database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            select {GroupColumns} from observability.error_groups
            where (last_seen, id) < ($1, $2) and ($3::text is null or category = $3) and ($4::text is null or $4 = any(services))
            order by last_seen desc, id desc limit $5
            """, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<DateTime> { TypedValue = cursor.LastSeen },
                new NpgsqlParameter<Guid> { TypedValue = cursor.Id },
                Text(query.Category),
                Text(query.Service),
                new NpgsqlParameter<int> { TypedValue = query.Limit },
            },
        };
        var groups = await ReadGroupsAsync(command, cancellationToken);
        var next = groups.Count == query.Limit ? new ErrorCursor(groups[^1].LastSeen.UtcDateTime, groups[^1].Id).ToString() : null;
        return new ErrorPage([.. groups.Where(group => query.State is null || group.State == query.State)], next);
    }

    /// <param name="id">Of the group, of any error of it as an answer's body gave it, or of a request.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<ErrorGroupDetail> GetAsync(string id, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenAsync(cancellationToken);
        return await ReadDetailAsync(connection, await FindAsync(connection, id, cancellationToken), cancellationToken);
    }

    /// <param name="id">As in <see cref="GetAsync"/>.</param>
    /// <param name="inVersion">Only this version and later ones show that it is not resolved; null means that any event from now on does.</param>
    /// <param name="cancellationToken">Ends the change before it is made.</param>
    public Task<ErrorGroup> ResolveAsync(string id, string? inVersion, CancellationToken cancellationToken) =>
        DecideAsync(id, (_, now) => GroupDecision.Resolved(now, inVersion), cancellationToken);

    /// <param name="id">As in <see cref="GetAsync"/>.</param>
    /// <param name="until">A time, or null.</param>
    /// <param name="moreEvents">That many more events, or null.</param>
    /// <param name="untilEscalates">Until it is seen much more often than before.</param>
    /// <param name="cancellationToken">Ends the change before it is made.</param>
    public Task<ErrorGroup> IgnoreAsync(string id, DateTimeOffset? until, long? moreEvents, bool untilEscalates, CancellationToken cancellationToken) =>
        DecideAsync(id, (count, now) => GroupDecision.Ignored(now, until, count + moreEvents, untilEscalates), cancellationToken);

    public Task<ErrorGroup> ReopenAsync(string id, CancellationToken cancellationToken) =>
        DecideAsync(id, (_, now) => GroupDecision.Reopened(now), cancellationToken);

    private async Task<ErrorGroup> DecideAsync(string id, Func<long, DateTimeOffset, GroupDecision> decide, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenAsync(cancellationToken);
        var group = await FindAsync(connection, id, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var count = new NpgsqlCommand("select count from observability.error_groups where id = $1 for update", connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = group } },
        };
        if (await count.ExecuteScalarAsync(cancellationToken) is not long current) throw Missing(id);

        await using var update = new NpgsqlCommand($"update observability.error_groups set {GroupRow.SetDecision} where id = $1 returning {GroupColumns}", connection);
        update.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group });
        GroupRow.AddDecision(update.Parameters, decide(current, _time.GetUtcNow()));
        var changed = await ReadGroupsAsync(update, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed[0];
    }

    /// <summary>By group, event, request, and last by the half of the id that all errors of a group share.</summary>
    private static async Task<Guid> FindAsync(NpgsqlConnection connection, string id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select group_id from (
                select 1 as way, id as group_id, last_seen as at from observability.error_groups where id = $1
                union all select 2, group_id, occurred_at from observability.error_events where id = $2
                union all select 3, group_id, seen_at from observability.error_requests where request_id = $2
                union all select 4, group_id, last_seen from observability.error_keys where key = $3
            ) found order by way, at desc limit 1
            """, connection)
        {
            Parameters =
            {
                new() { Value = Guid.TryParse(id, out var group) ? group : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                new NpgsqlParameter<string> { TypedValue = id.Replace('\0', ' ') },
                new() { Value = ErrorId.TryParse(id, out var error) ? unchecked((long)error.Key) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
            },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is Guid found ? found : throw Missing(id);
    }

    private async Task<ErrorGroupDetail> ReadDetailAsync(NpgsqlConnection connection, Guid group, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand($"select {GroupColumns} from observability.error_groups where id = $1", connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = group } },
        };
        if (await ReadGroupsAsync(find, cancellationToken) is not [{ } head]) throw Missing(group.ToString());

        return new ErrorGroupDetail(
            head,
            await ReadHoursAsync(connection, group, cancellationToken),
            await ReadAffectedAsync(connection, group, "user", cancellationToken),
            await ReadAffectedAsync(connection, group, "route", cancellationToken),
            await ReadEventsAsync(connection, group, cancellationToken));
    }

    private async Task<IReadOnlyList<HourCount>> ReadHoursAsync(NpgsqlConnection connection, Guid group, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select hour, count from observability.error_hours where group_id = $1 and hour >= $2 order by hour", connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = group }, new NpgsqlParameter<DateTime> { TypedValue = _time.GetUtcNow().UtcDateTime.AddDays(-Week) } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var hours = new List<HourCount>();
        while (await row.ReadAsync(cancellationToken)) hours.Add(new HourCount(row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1)));
        return hours;
    }

    private static async Task<AffectedValues> ReadAffectedAsync(NpgsqlConnection connection, Guid group, string kind, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select value, count, count(*) over () as total from observability.error_affected where group_id = $1 and kind = $2 order by error_affected.count desc, value limit $3", connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = group },
                new NpgsqlParameter<string> { TypedValue = kind },
                new NpgsqlParameter<int> { TypedValue = MostValues },
            },
        };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var (total, top) = (0L, new List<ValueCount>());
        while (await row.ReadAsync(cancellationToken))
        {
            top.Add(new ValueCount(row.GetString(0), row.GetInt64(1)));
            total = row.GetInt64(2);
        }

        return new AffectedValues(total, top);
    }

    private static async Task<IReadOnlyList<ErrorSample>> ReadEventsAsync(NpgsqlConnection connection, Guid group, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select id, occurred_at, message, stack, source, route, request_id, trace_id, user_name, service, version, environment
            from observability.error_events where group_id = $1 order by occurred_at desc limit $2
            """, connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = group }, new NpgsqlParameter<int> { TypedValue = MostEvents } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<ErrorSample>();
        while (await row.ReadAsync(cancellationToken))
        {
            events.Add(new ErrorSample(
                row.GetString(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
                Text(row, 6), Text(row, 7), Text(row, 8), row.GetString(9), row.GetString(10), row.GetString(11)));
        }

        return events;
    }

    private async Task<List<ErrorGroup>> ReadGroupsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var (groups, now) = (new List<ErrorGroup>(), _time.GetUtcNow());
        while (await row.ReadAsync(cancellationToken)) groups.Add(ReadGroup(row, now));
        return groups;
    }

    private static ErrorGroup ReadGroup(NpgsqlDataReader row, DateTimeOffset now)
    {
        var firstSeen = row.GetFieldValue<DateTimeOffset>(9);
        return new ErrorGroup(
            row.GetGuid(0), row.GetString(1), row.GetString(2), Text(row, 3), row.GetString(4), ((ErrorSeverity)row.GetInt16(5)).Name(),
            GroupRow.ReadDecision(row, 14).StateAt(now, firstSeen), row.GetString(6), row.GetString(7), row.GetFieldValue<string[]>(8),
            firstSeen, row.GetFieldValue<DateTimeOffset>(10), row.GetString(11), row.GetString(12), row.GetInt64(13));
    }

    private static NotFoundException Missing(string id) => new("No error has this id. Errors are stored within seconds, and groups are kept for 90 days.", $"id {id}");

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
