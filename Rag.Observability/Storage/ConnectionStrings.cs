using Npgsql;

namespace Rag.Observability.Storage;

public static class ConnectionStrings
{
    /// <summary>
    /// Asks PostgreSQL not to compile statements (<c>jit=off</c>). Its planner guesses high for tables that were just filled or emptied, as queues are, and a server
    /// built with LLVM then compiles for 200 ms what runs for one. What the connection string sets itself stays.
    /// </summary>
    public static NpgsqlConnectionStringBuilder WithoutJit(this NpgsqlConnectionStringBuilder connection)
    {
        connection.Options = $"-c jit=off {connection.Options}".TrimEnd();
        return connection;
    }
}
