using System.Net.Sockets;
using Npgsql;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Rag.Observability.Errors;

namespace Rag.Core.Storage;

/// <summary>Which failures mean that PostgreSQL is not there for us. What it says about a statement or a value is not among them and passes through.</summary>
internal static class DatabaseErrors
{
    /// <summary>PostgreSQL, the way to it, or our own limits for it.</summary>
    public static bool IsUnavailable(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction } => true,
        PostgresException postgres => postgres.IsTransient || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal),
        NpgsqlException or SocketException or IOException or TimeoutException or ExecutionRejectedException => true,
        _ => false,
    };

    /// <summary>
    /// The same work may succeed on another connection: the server was restarted, the session was ended, a deadlock was resolved against us. The breaker counts these
    /// failures, and not its own refusals nor those of the bulkhead.
    /// </summary>
    public static bool IsCuredByAnotherTry(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => false,
        ExecutionRejectedException => failure is TimeoutRejectedException,
        _ => IsUnavailable(failure),
    };

    public static RagException Translate(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } full =>
            new ResourceExhaustedException("The database has no space left.", isStorage: true, full.MessageText, full),
        PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable } busy =>
            new DatabaseException("The database was busy with the same rows. Try again.", busy.MessageText, busy),
        BrokenCircuitException { RetryAfter: { } remaining } open => Absent(open, remaining),
        _ => Absent(failure, TimeSpan.FromSeconds(2)),
    };

    private static DatabaseException Absent(Exception failure, TimeSpan retryAfter) =>
        new("The database does not answer. Try again in a moment.", failure.Message, failure) { RetryAfter = retryAfter };
}
