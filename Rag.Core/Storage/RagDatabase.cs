using System.Data;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Rag.Core.Storage;

/// <summary>
/// The one door to PostgreSQL: stores hand in a unit of work and get its result or a failure with a name.
/// Work whose connection turns out to be dead is begun anew on another, so that a restart of the server costs no request that came after it.
/// </summary>
public sealed class RagDatabase(NpgsqlDataSource dataSource, IOptions<StorageOptions> options, TimeProvider time, Random random)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs reads, or one statement that may safely run twice.</summary>
    /// <exception cref="Rag.Observability.Errors.DatabaseException">PostgreSQL failed or cannot be reached.</exception>
    public Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        AttemptAsync(async () =>
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            return await work(connection, cancellationToken);
        }, () => true, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Func<NpgsqlConnection, CancellationToken, Task> work, CancellationToken cancellationToken) =>
        RunAsync(async (connection, token) =>
        {
            await work(connection, token);
            return true;
        }, cancellationToken);

    /// <summary>
    /// Runs the work in a transaction (read committed) and commits it. The work may run more than once, but is never repeated once the commit was sent:
    /// nobody can tell then whether it took effect.
    /// </summary>
    /// <exception cref="Rag.Observability.Errors.DatabaseException">PostgreSQL failed or cannot be reached.</exception>
    public Task<T> TransactAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var isCommitting = false;
        return AttemptAsync(async () =>
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            var result = await work(connection, cancellationToken);
            isCommitting = true;
            await transaction.CommitAsync(cancellationToken);
            return result;
        }, () => !isCommitting, cancellationToken);
    }

    /// <inheritdoc cref="TransactAsync{T}"/>
    public Task TransactAsync(Func<NpgsqlConnection, CancellationToken, Task> work, CancellationToken cancellationToken) =>
        TransactAsync(async (connection, token) =>
        {
            await work(connection, token);
            return true;
        }, cancellationToken);

    private async Task<T> AttemptAsync<T>(Func<Task<T>> attempt, Func<bool> mayRepeat, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt();
            }
            catch (Exception failure) when (DatabaseErrors.IsUnavailable(failure))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (number >= options.Value.MaxAttempts || !mayRepeat() || !DatabaseErrors.IsCuredByAnotherTry(failure)) throw DatabaseErrors.Translate(failure);
            }

            await Task.Delay(FirstPause * (number * (0.5 + random.NextDouble())), time, cancellationToken);
        }
    }
}
