using System.Data;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Rag.Observability.Errors;

namespace Rag.Observability.Storage;

/// <summary>
/// Brings one schema up to date with the numbered SQL files of one assembly. Each file is applied once, in a transaction of its own, in the order of the numbers;
/// what was applied is remembered in <c>{schema}.migrations</c> with its checksum. Processes that start at the same time take turns through a session advisory lock.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="schema">The schema that the assembly owns, for example <c>rag</c>; created when missing.</param>
/// <param name="assembly">Holds the files as embedded resources <c>…/Migrations/NNNN_name.sql</c>.</param>
/// <param name="logger">Hears of every migration that is applied.</param>
public sealed partial class SqlMigrator(NpgsqlDataSource dataSource, string schema, Assembly assembly, ILogger logger)
{
    private readonly string _schema = Identifier(schema);
    private readonly IReadOnlyList<SqlMigration> _migrations = SqlMigration.Of(assembly);

    /// <summary>Applies what is missing. Does nothing, in one round trip or two, when nothing is.</summary>
    /// <returns>How many migrations were applied by this call.</returns>
    /// <exception cref="InternalException">An applied migration has been changed since: the database and the code no longer agree.</exception>
    public Task<int> ApplyAsync(CancellationToken cancellationToken = default) => ApplyAsync(_migrations, cancellationToken);

    internal async Task<int> ApplyAsync(IReadOnlyList<SqlMigration> migrations, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await LockAsync(connection, cancellationToken);
        try
        {
            var applied = await ReadAppliedAsync(connection, cancellationToken);
            RefuseChanged(migrations, applied);

            var missing = migrations.Where(migration => !applied.ContainsKey(migration.Number)).ToList();
            foreach (var migration in missing) await ApplyAsync(connection, migration, cancellationToken);
            return missing.Count;
        }
        finally
        {
            await UnlockAsync(connection);
        }
    }

    private async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_lock(hashtextextended('migrations of ' || $1, 0))", connection)
        {
            Parameters = { new() { Value = _schema } },
            // Another process may be at work on a long migration: the caller's token decides how long to wait.
            CommandTimeout = 0,
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task UnlockAsync(NpgsqlConnection connection)
    {
        // A broken session has lost the lock already.
        if (connection.State != ConnectionState.Open) return;
        await using var command = new NpgsqlCommand("select pg_advisory_unlock(hashtextextended('migrations of ' || $1, 0))", connection)
        {
            Parameters = { new() { Value = _schema } },
        };
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private async Task<Dictionary<int, string>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var create = new NpgsqlCommand(
            $"""
            create schema if not exists {_schema};
            create table if not exists {_schema}.migrations (
                number     integer     primary key,
                name       text        not null,
                checksum   text        not null,
                applied_at timestamptz not null default now()
            );
            select number, checksum from {_schema}.migrations
            """, connection);
        await using var reader = await create.ExecuteReaderAsync(cancellationToken);
        var applied = new Dictionary<int, string>();
        while (await reader.ReadAsync(cancellationToken)) applied.Add(reader.GetInt32(0), reader.GetString(1));
        return applied;
    }

    private void RefuseChanged(IReadOnlyList<SqlMigration> migrations, Dictionary<int, string> applied)
    {
        var changed = migrations.FirstOrDefault(migration => applied.TryGetValue(migration.Number, out var checksum) && checksum != migration.Checksum);
        if (changed is null) return;
        throw new InternalException(
            "The database schema does not fit this version of the service.",
            $"Migration {changed.Number:0000}_{changed.Name} of schema {_schema} was changed after it had been applied. " +
            "Restore the file and put the change into a new migration; in development, an empty database (--fresh) will do as well.");
    }

    private async Task ApplyAsync(NpgsqlConnection connection, SqlMigration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var statements = new NpgsqlCommand(migration.Sql, connection, transaction) { CommandTimeout = 0 })
            await statements.ExecuteNonQueryAsync(cancellationToken);
        await using (var remember = new NpgsqlCommand($"insert into {_schema}.migrations (number, name, checksum) values ($1, $2, $3)", connection, transaction)
        {
            Parameters =
            {
                new() { Value = migration.Number },
                new() { Value = migration.Name, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = migration.Checksum, NpgsqlDbType = NpgsqlDbType.Text },
            },
        })
            await remember.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        LogApplied(_schema, migration.Number, migration.Name);
    }

    /// <summary>The schema's name becomes part of statements, where no parameter can stand.</summary>
    private static string Identifier(string schema) =>
        schema.Length > 0 && schema.All(c => c is >= 'a' and <= 'z' or '_')
            ? schema
            : throw new ArgumentException("A schema is named with a-z and _ only.", nameof(schema));

    [LoggerMessage(Level = LogLevel.Information, Message = "Schema {Schema}: applied migration {Number} {Name}")]
    private partial void LogApplied(string schema, int number, string name);
}
