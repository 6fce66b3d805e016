using Npgsql;
using Rag.Observability.Errors;
using Rag.Observability.ErrorTracking.Storage;
using Rag.Observability.Storage;

namespace Rag.Observability.ErrorTracking;

/// <summary>Statistics over a period, from the counts by hour: the cost grows with groups and hours, not with errors.</summary>
public sealed class ErrorReport
{
    private const int MostFrequent = 10;

    private readonly ObservabilityDatabase _database;
    private readonly TimeProvider _time;

    internal ErrorReport(ObservabilityDatabase database, TimeProvider time) => (_database, _time) = (database, time);

    /// <param name="hours">Length of the period that ends now, in hours; it begins at a full hour.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<ErrorStatistics> OfLastAsync(int hours, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var from = new DateTimeOffset(now.UtcDateTime.Date.AddHours(now.UtcDateTime.Hour), TimeSpan.Zero).AddHours(1 - hours);
        await using var connection = await _database.OpenAsync(cancellationToken);
        var groups = await ReadGroupsAsync(connection, from, now, cancellationToken);

        return new ErrorStatistics(
            hours,
            groups.Sum(group => group.Error.Count),
            groups.Count,
            groups.Count(group => group.FirstSeen >= from),
            Sum(groups, group => group.Category),
            Sum(groups, group => group.Error.Severity),
            await ReadHoursAsync(connection, from, cancellationToken),
            [.. groups.Select(group => group.Error).OrderByDescending(error => error.Count).Take(MostFrequent)]);
    }

    private static Dictionary<string, long> Sum(List<Counted> groups, Func<Counted, string> key) =>
        groups.GroupBy(key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(group => group.Error.Count), StringComparer.Ordinal);

    private static async Task<List<Counted>> ReadGroupsAsync(NpgsqlConnection connection, DateTimeOffset from, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select id, title, severity, category, first_seen, period.count, {GroupRow.DecisionColumns}
            from observability.error_groups
            join (select group_id, sum(count)::bigint as count from observability.error_hours where hour >= $1 group by group_id) period on group_id = id
            """, connection)
        {
            Parameters = { new NpgsqlParameter<DateTime> { TypedValue = from.UtcDateTime } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var groups = new List<Counted>();
        while (await row.ReadAsync(cancellationToken))
        {
            var firstSeen = row.GetFieldValue<DateTimeOffset>(4);
            var state = GroupRow.ReadDecision(row, 6).StateAt(now, firstSeen);
            groups.Add(new Counted(
                new FrequentError(row.GetGuid(0), row.GetString(1), ((ErrorSeverity)row.GetInt16(2)).Name(), state, row.GetInt64(5)), row.GetString(3), firstSeen));
        }

        return groups;
    }

    private static async Task<IReadOnlyList<HourCount>> ReadHoursAsync(NpgsqlConnection connection, DateTimeOffset from, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select hour, sum(count)::bigint from observability.error_hours where hour >= $1 group by hour order by hour", connection)
        {
            Parameters = { new NpgsqlParameter<DateTime> { TypedValue = from.UtcDateTime } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var hours = new List<HourCount>();
        while (await row.ReadAsync(cancellationToken)) hours.Add(new HourCount(row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1)));
        return hours;
    }

    private sealed record Counted(FrequentError Error, string Category, DateTimeOffset FirstSeen);
}
