using System.Net.Sockets;
using Npgsql;
using Polly.Timeout;
using Rag.Observability.Errors;

namespace Rag.Observability.Resilience;

/// <summary>
/// Which exceptions speak of a dependency that is down or busy, so that a repetition may help and the breaker counts them.
/// Mistakes of the caller and of the programmer are not among them, nor a pipeline's own refusals.
/// </summary>
public static class TransientFailures
{
    public static bool IsTransient(Exception exception) => exception switch
    {
        RagException rag => rag.Descriptor.StatusCode == 503,
        PostgresException postgres => postgres.IsTransient || IsUnavailable(postgres.SqlState),
        NpgsqlException or HttpRequestException or SocketException or TimeoutException or TimeoutRejectedException => true,
        IOException io => io is not (FileNotFoundException or DirectoryNotFoundException),
        _ => false,
    };

    /// <summary>
    /// Error classes of PostgreSQL (appendix A of its manual) that speak of the server: 08 connection, 53 resources, 57 operator, 58 system;
    /// a read-only server after a failover, and a database that is still being created.
    /// </summary>
    internal static bool IsUnavailable(string sqlState) =>
        sqlState.StartsWith("08", StringComparison.Ordinal) || sqlState.StartsWith("53", StringComparison.Ordinal) || sqlState.StartsWith("57", StringComparison.Ordinal)
        || sqlState.StartsWith("58", StringComparison.Ordinal)
        || sqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InvalidCatalogName;
}
