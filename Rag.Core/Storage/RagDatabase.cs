using System.Data;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Rag.Observability.Errors;
using Rag.Observability.Logging;
using Rag.Observability.Resilience;

namespace Rag.Core.Storage;

/// <summary>
/// The one door to PostgreSQL: stores hand in a unit of work and get its result or a failure with a name. Timeouts, breaker and bulkhead are those of the dependency
/// <c>postgres</c>, and <see cref="DatabaseLog"/> knows how long each took. Work whose connection turns out to be dead is begun anew on another, so that a restart of the server costs no request that came after it.
/// </summary>
public sealed class RagDatabase(NpgsqlDataSource dataSource, [FromKeyedServices(RagDatabase.DependencyName)] Dependency postgres, SchemaReadiness schema, DatabaseLog log)
{
    public const string DependencyName = "postgres";
    private static readonly TimeSpan PreparationWait = TimeSpan.FromSeconds(1);

    /// <summary>Runs reads, or one statement that may safely run twice.</summary>
    /// <exception cref="Rag.Observability.Errors.DatabaseException">PostgreSQL failed or cannot be reached.</exception>
    public Task<T> RunAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken,
        [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        CallAsync(async token =>
        {
            await using var connection = await dataSource.OpenConnectionAsync(token);
            return await work(connection, token);
        }, Name(member, file), cancellationToken);

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(
        Func<NpgsqlConnection, CancellationToken, Task> work, CancellationToken cancellationToken,
        [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        RunAsync(async (connection, token) =>
        {
            await work(connection, token);
            return true;
        }, cancellationToken, member, file);

    /// <summary>
    /// Runs the work in a transaction (read committed) and commits it. The work may run more than once, but is never repeated once the commit was sent:
    /// nobody can tell then whether it took effect.
    /// </summary>
    /// <exception cref="Rag.Observability.Errors.DatabaseException">PostgreSQL failed or cannot be reached.</exception>
    public Task<T> TransactAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken,
        [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        CallAsync(async token =>
        {
            await using var connection = await dataSource.OpenConnectionAsync(token);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, token);
            var result = await work(connection, token);
            try
            {
                await transaction.CommitAsync(token);
            }
            catch (Exception failure) when (DatabaseErrors.IsUnavailable(failure))
            {
                throw new CommitFailedException(failure);
            }

            return result;
        }, Name(member, file), cancellationToken);

    /// <inheritdoc cref="TransactAsync{T}"/>
    public Task TransactAsync(
        Func<NpgsqlConnection, CancellationToken, Task> work, CancellationToken cancellationToken,
        [CallerMemberName] string member = "", [CallerFilePath] string file = "") =>
        TransactAsync(async (connection, token) =>
        {
            await work(connection, token);
            return true;
        }, cancellationToken, member, file);

    /// <summary>Who calls, as <c>DocumentStore.AcceptAsync</c>. The path is that of the machine that built this, whichever its separator is.</summary>
    private static string Name(string member, string file) => $"{Path.GetFileNameWithoutExtension(file.AsSpan(file.AsSpan().LastIndexOfAny('/', '\\') + 1))}.{member}";

    private async Task<T> CallAsync<T>(Func<CancellationToken, ValueTask<T>> call, string operation, CancellationToken cancellationToken)
    {
        try
        {
            return await log.RunAsync(operation, token => postgres.CallIdempotentAsync(call, token).AsTask(), cancellationToken);
        }
        catch (CommitFailedException failure)
        {
            throw DatabaseErrors.Translate(failure.InnerException!);
        }
        catch (PostgresException failure) when (!schema.IsReady && IsOfTheSchema(failure))
        {
            // The migrations run behind the start of the process, and this came before they were through.
            throw new DatabaseException("The database is being prepared. Try again in a moment.", failure.MessageText, failure) { RetryAfter = PreparationWait };
        }
        catch (Exception failure) when (DatabaseErrors.IsUnavailable(failure) && !cancellationToken.IsCancellationRequested)
        {
            throw DatabaseErrors.Translate(failure);
        }
    }

    private static bool IsOfTheSchema(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName;

    /// <summary>Keeps a failed commit from being repeated: the pipeline knows no such failure.</summary>
    private sealed class CommitFailedException(Exception failure) : Exception("The commit failed.", failure);
}
