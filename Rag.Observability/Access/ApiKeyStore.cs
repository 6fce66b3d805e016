using Npgsql;
using NpgsqlTypes;
using Rag.Observability.Errors;
using Rag.Observability.Storage;

namespace Rag.Observability.Access;

/// <summary>The table of keys.</summary>
internal sealed class ApiKeyStore(ObservabilityDatabase database)
{
    private const string Columns = "id, name, role, requests_per_minute, created_at, created_by, expires_at, rotated_at, revoked_at, last_used_at";

    public Task<StoredKey?> FindAsync(string id, CancellationToken cancellationToken) => GuardedAsync(async connection =>
    {
        await using var command = Command(
            connection, "select id, name, role, requests_per_minute, hash, former_hash, former_until, expires_at, revoked_at from observability.api_keys where id = $1", id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new StoredKey(
                reader.GetString(0), reader.GetString(1), Role(reader.GetString(2)), reader.IsDBNull(3) ? null : reader.GetInt32(3), reader.GetFieldValue<byte[]>(4),
                reader.IsDBNull(5) ? null : reader.GetFieldValue<byte[]>(5), Time(reader, 6), Time(reader, 7), Time(reader, 8))
            : null;
    }, cancellationToken);

    public Task<List<ApiKey>> ListAsync(CancellationToken cancellationToken) => GuardedAsync(async connection =>
    {
        await using var command = Command(connection, $"select {Columns} from observability.api_keys order by created_at, id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<ApiKey>();
        while (await reader.ReadAsync(cancellationToken)) keys.Add(Read(reader));
        return keys;
    }, cancellationToken);

    public Task InsertAsync(ApiKey key, byte[] hash, CancellationToken cancellationToken) => GuardedAsync(async connection =>
    {
        await using var command = Command(
            connection,
            "insert into observability.api_keys (id, name, role, hash, requests_per_minute, created_at, created_by, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            key.Id, key.Name, Name(key.Role), hash, key.RequestsPerMinute, key.CreatedAt, key.CreatedBy, key.ExpiresAt);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }, cancellationToken);

    /// <returns>The key after the change, or null when there is none that could be rotated.</returns>
    public Task<ApiKey?> RotateAsync(string id, byte[] hash, DateTimeOffset now, DateTimeOffset formerUntil, CancellationToken cancellationToken) => GuardedAsync(async connection =>
    {
        await using var command = Command(
            connection,
            $"""
            update observability.api_keys set former_hash = hash, former_until = $4, hash = $2, rotated_at = $3
            where id = $1 and revoked_at is null and (expires_at is null or expires_at > $3)
            returning {Columns}
            """, id, hash, now, formerUntil);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }, cancellationToken);

    /// <returns>The key as it was revoked, now or before, or null when there is none.</returns>
    public Task<ApiKey?> RevokeAsync(string id, DateTimeOffset now, CancellationToken cancellationToken) => GuardedAsync(async connection =>
    {
        await using var command = Command(
            connection, $"update observability.api_keys set revoked_at = coalesce(revoked_at, $2) where id = $1 returning {Columns}", id, now);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }, cancellationToken);

    public Task TouchAsync(string id, DateTimeOffset now, CancellationToken cancellationToken) => GuardedAsync(async connection =>
    {
        await using var command = Command(connection, "update observability.api_keys set last_used_at = $2 where id = $1", id, now);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }, cancellationToken);

    private async Task<T> GuardedAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            return await work(connection);
        }
        catch (NpgsqlException failure)
        {
            throw new DatabaseException("Keys cannot be looked up, because the database does not answer. Try again.", failure.Message, failure);
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            var parameter = new NpgsqlParameter { Value = value is DateTimeOffset time ? time.UtcDateTime : value ?? DBNull.Value };
            if (value is DateTimeOffset) parameter.NpgsqlDbType = NpgsqlDbType.TimestampTz;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static ApiKey Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetString(0),
        Name = reader.GetString(1),
        Role = Role(reader.GetString(2)),
        RequestsPerMinute = reader.IsDBNull(3) ? null : reader.GetInt32(3),
        CreatedAt = Time(reader, 4)!.Value,
        CreatedBy = reader.GetString(5),
        ExpiresAt = Time(reader, 6),
        RotatedAt = Time(reader, 7),
        RevokedAt = Time(reader, 8),
        LastUsedAt = Time(reader, 9),
    };

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private static AccessRole Role(string name) => Enum.Parse<AccessRole>(name, ignoreCase: true);

    private static string Name(AccessRole role) => role.ToString().ToLowerInvariant();
}
