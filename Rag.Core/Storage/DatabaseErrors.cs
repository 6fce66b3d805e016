using System.Net.Sockets;
using Npgsql;
using Rag.Observability.Errors;

namespace Rag.Core.Storage;

/// <summary>What Npgsql's failures mean to the rest of the system.</summary>
internal static class DatabaseErrors
{
    /// <summary>The same work may succeed on another connection: the server was restarted, the session was ended, a deadlock was resolved against us.</summary>
    public static bool IsTransient(Exception failure) => failure switch
    {
        PostgresException postgres => postgres.IsTransient || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal),
        NpgsqlException { InnerException: TimeoutException } => false,
        NpgsqlException => true,
        SocketException or IOException => true,
        _ => false,
    };

    /// <summary>True for what Npgsql throws, so that the caller can translate it; false for everything else.</summary>
    public static bool IsDatabase(Exception failure) => failure is NpgsqlException or SocketException or IOException or TimeoutException;

    public static RagException Translate(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } full =>
            new ResourceExhaustedException("The database has no space left.", isStorage: true, full.MessageText, full),
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } crowded =>
            new DatabaseException("The database has no connection to spare. Try again in a moment.", crowded.MessageText, crowded) { RetryAfter = TimeSpan.FromSeconds(1) },
        PostgresException postgres when !IsTransient(postgres) =>
            new InternalException("The database refused a statement.", $"{postgres.SqlState}: {postgres.MessageText}", postgres),
        _ => new DatabaseException("The database does not answer. Try again in a moment.", failure.Message, failure) { RetryAfter = TimeSpan.FromSeconds(2) },
    };
}
