using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OpenTelemetry;
using Rag.Observability.ErrorTracking.Storage;
using Rag.Observability.Storage;

namespace Rag.Observability.ErrorTracking.Upkeep;

/// <summary>Runs in the monitor: finds the groups that escalate, and deletes what is too old. A database that is down is waited for.</summary>
internal sealed partial class ErrorUpkeep(ObservabilityDatabase database, IOptions<ErrorUpkeepOptions> options, TimeProvider time, ILogger<ErrorUpkeep> logger) : BackgroundService
{
    private const int Hours = 7 * 24;
    private static readonly TimeSpan KeepBatches = TimeSpan.FromDays(7);

    /// <returns>How many groups have another decision than before.</returns>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var now = time.GetUtcNow();
        var changed = 0;
        foreach (var group in await ReadCandidatesAsync(connection, now, cancellationToken))
        {
            var limit = EscalationLimit.Of(group.FullHours, now - group.FirstSeen < GroupStates.Recent);
            var decision = group.Decision.AfterLook(group.ThisHour >= limit, now);
            if (decision == group.Decision) continue;
            changed += await WriteAsync(connection, group, decision, cancellationToken);
        }

        await DeleteOldAsync(connection, now.UtcDateTime, cancellationToken);
        return changed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var untraced = SuppressInstrumentationScope.Begin();
        using var timer = new PeriodicTimer(options.Value.Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    LogSkipped(exception.GetType().Name, exception.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The monitor stops.
        }
    }

    /// <summary>Groups that were seen this hour, and those that are marked as escalating and may not be any more.</summary>
    private static async Task<List<Candidate>> ReadCandidatesAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var thisHour = now.UtcDateTime.Date.AddHours(now.UtcDateTime.Hour);
        await using var command = new NpgsqlCommand(
            $"""
            select id, first_seen, array_agg(coalesce(error_hours.count, 0) order by slot), {GroupRow.DecisionColumns}
            from observability.error_groups
            cross join generate_series($1::timestamptz, $2::timestamptz, interval '1 hour') slot
            left join observability.error_hours on group_id = id and hour = slot
            where status <> 'resolved' and (last_seen >= $2 or escalating_since is not null)
            group by id
            """, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<DateTime> { TypedValue = thisHour.AddHours(-Hours) },
                new NpgsqlParameter<DateTime> { TypedValue = thisHour },
            },
        };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var candidates = new List<Candidate>();
        while (await row.ReadAsync(cancellationToken))
        {
            var counts = row.GetFieldValue<long[]>(2);
            candidates.Add(new Candidate(row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1), counts[..^1], counts[^1], GroupRow.ReadDecision(row, 3)));
        }

        return candidates;
    }

    /// <summary>Only where nobody has decided otherwise in the meantime; the next look comes soon.</summary>
    private static async Task<int> WriteAsync(NpgsqlConnection connection, Candidate group, GroupDecision decision, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"update observability.error_groups set {GroupRow.SetDecision} where id = $1 and status = $10 and status_changed_at is not distinct from $11", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.Id });
        GroupRow.AddDecision(command.Parameters, decision);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group.Decision.Status == GroupStatus.Ignored ? "ignored" : "open" });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)group.Decision.ChangedAt?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task DeleteOldAsync(NpgsqlConnection connection, DateTime now, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Delete("delete from observability.error_groups where last_seen < $1", now - options.Value.KeepGroups),
                Delete("delete from observability.error_events where occurred_at < $1", now - options.Value.KeepEvents),
                Delete("delete from observability.error_requests where seen_at < $1", now - options.Value.KeepEvents),
                Delete("delete from observability.error_hours where hour < $1", now - options.Value.KeepGroups),
                Delete("delete from observability.error_batches where received_at < $1", now - KeepBatches),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Delete(string sql, DateTime before) => new(sql) { Parameters = { new NpgsqlParameter<DateTime> { TypedValue = before } } };

    private sealed record Candidate(Guid Id, DateTimeOffset FirstSeen, IReadOnlyList<long> FullHours, long ThisHour, GroupDecision Decision);

    [LoggerMessage(1, LogLevel.Warning, "Error groups were not looked at: {Type}: {Reason}")]
    private partial void LogSkipped(string type, string reason);
}
