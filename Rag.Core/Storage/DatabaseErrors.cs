using System.Net.Sockets;
using Npgsql;
using Rag.Observability.Errors;

namespace Rag.Core.Storage;

/// <summary>Which of Npgsql's failures mean that PostgreSQL is not there for us. What it says about a statement or a value is not among them and passes through.</summary>
internal static class DatabaseErrors
{
    public static bool IsUnavailable(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction } => true,
        PostgresException postgres => postgres.IsTransient || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal),
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>The same work may succeed at once on another connection: the server was restarted, the session was ended, a deadlock was resolved against us.</summary>
    public static bool IsCuredByAnotherTry(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull } => false,
        NpgsqlException { InnerException: TimeoutException } or TimeoutException => false,
        _ => IsUnavailable(failure),
    };

    public static RagException Translate(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } full =>
            new ResourceExhaustedException("The database has no space left.", isStorage: true, full.MessageText, full),
        PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable } busy =>
            new DatabaseException("The database was busy with the same rows. Try again.", busy.MessageText, busy),
        _ => new DatabaseException("The database does not answer. Try again in a moment.", failure.Message, failure) { RetryAfter = TimeSpan.FromSeconds(2) },
    };
}
