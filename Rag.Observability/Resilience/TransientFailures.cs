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
        PostgresException postgres => postgres.IsTransient,
        NpgsqlException or HttpRequestException or SocketException or TimeoutException or TimeoutRejectedException => true,
        IOException io => io is not (FileNotFoundException or DirectoryNotFoundException),
        _ => false,
    };
}
