using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace Rag.Core.Search;

/// <summary>A <see cref="SearchFilter"/> as a condition on <c>rag.documents d</c>: the same documents as the vector store's filter lets through.</summary>
internal static class FilterClause
{
    /// <summary>The condition, beginning with <c> and</c>, or nothing; its parameters are added.</summary>
    public static string Add(NpgsqlParameterCollection parameters, SearchFilter? filter)
    {
        if (filter is null || filter.IsEmpty) return "";

        var sql = new StringBuilder();
        if (filter.Sources is { Count: > 0 } sources)
        {
            sql.Append(" and d.source = any(@sources)");
            parameters.Add(new NpgsqlParameter<string[]>("sources", [.. sources]));
        }

        if (filter.SourceTypes is { Count: > 0 } types)
        {
            sql.Append(" and d.source_type = any(@source_types)");
            parameters.Add(new NpgsqlParameter<string[]>("source_types", [.. types]));
        }

        if (filter.Published is { IsEmpty: false } published)
        {
            AddBound(sql, parameters, ">", "published_after", published.After);
            AddBound(sql, parameters, ">=", "published_from", published.From);
            AddBound(sql, parameters, "<", "published_before", published.Before);
            AddBound(sql, parameters, "<=", "published_until", published.Until);
        }

        var number = 0;
        foreach (var (field, values) in filter.Metadata ?? new Dictionary<string, IReadOnlyList<MetadataValue>>(StringComparer.Ordinal))
        {
            var name = $"metadata_{number++}";
            sql.Append(" and d.metadata @> any(@").Append(name).Append(')');
            parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | NpgsqlDbType.Jsonb) { Value = values.SelectMany(v => Patterns(field, v)).ToArray() });
        }

        return sql.ToString();
    }

    // jsonb's containment does not look into an array for a bare value below the top level, so both forms are asked for.
    private static IEnumerable<string> Patterns(string field, MetadataValue value)
    {
        yield return new JsonObject { [field] = value.ToNode() }.ToJsonString();
        yield return new JsonObject { [field] = new JsonArray(value.ToNode()) }.ToJsonString();
    }

    private static void AddBound(StringBuilder sql, NpgsqlParameterCollection parameters, string comparison, string name, DateTimeOffset? bound)
    {
        if (bound is not { } moment) return;
        sql.Append(" and d.published_at ").Append(comparison).Append(" @").Append(name);
        parameters.Add(new NpgsqlParameter<DateTime>(name, NpgsqlDbType.TimestampTz) { TypedValue = moment.UtcDateTime });
    }
}
