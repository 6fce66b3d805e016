using Npgsql;

namespace Rag.Observability.ErrorTracking.Storage;

/// <summary>The columns of a decision, read and written in one place.</summary>
internal static class GroupRow
{
    public const string DecisionColumns =
        "status, status_changed_at, resolved_in_version, ignored_until, ignored_until_count, ignored_until_escalates, regressed_at, escalating_since";

    /// <summary>Sets the decision from the parameters that <see cref="AddDecision"/> adds from <c>$2</c> on, for the row whose id is <c>$1</c>.</summary>
    public const string SetDecision =
        """
        status = $2, status_changed_at = $3, resolved_in_version = $4, ignored_until = $5, ignored_until_count = $6, ignored_until_escalates = $7,
        regressed_at = $8, escalating_since = $9
        """;

    public static GroupDecision ReadDecision(NpgsqlDataReader row, int first) => new()
    {
        Status = Enum.Parse<GroupStatus>(row.GetString(first), ignoreCase: true),
        ChangedAt = Time(row, first + 1),
        ResolvedInVersion = row.IsDBNull(first + 2) ? null : row.GetString(first + 2),
        IgnoredUntil = Time(row, first + 3),
        IgnoredUntilCount = row.IsDBNull(first + 4) ? null : row.GetInt64(first + 4),
        IgnoredUntilEscalates = row.GetBoolean(first + 5),
        RegressedAt = Time(row, first + 6),
        EscalatingSince = Time(row, first + 7),
    };

    public static void AddDecision(NpgsqlParameterCollection parameters, GroupDecision decision)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = Name(decision.Status) });
        AddTime(parameters, decision.ChangedAt);
        parameters.Add(new NpgsqlParameter { Value = (object?)decision.ResolvedInVersion ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        AddTime(parameters, decision.IgnoredUntil);
        parameters.Add(new NpgsqlParameter { Value = (object?)decision.IgnoredUntilCount ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        parameters.Add(new NpgsqlParameter<bool> { TypedValue = decision.IgnoredUntilEscalates });
        AddTime(parameters, decision.RegressedAt);
        AddTime(parameters, decision.EscalatingSince);
    }

    private static void AddTime(NpgsqlParameterCollection parameters, DateTimeOffset? time) =>
        parameters.Add(new NpgsqlParameter { Value = (object?)time?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static string Name(GroupStatus status) => status switch
    {
        GroupStatus.Resolved => "resolved",
        GroupStatus.Ignored => "ignored",
        _ => "open",
    };
}
