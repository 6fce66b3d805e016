using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RagObservability.AppHost.Runtime;

namespace Rag.Tests.Support;

/// <summary>
/// One PostgreSQL server for the whole test run. A test class that needs it carries <c>[Collection(PostgresFixture.Collection)]</c> and takes
/// <see cref="PostgresDatabase"/> as its class fixture: a fresh database of its own.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    public const string Collection = "PostgreSQL";
    private int _databases;
    private PostgresServer? _server;

    internal PostgresServer Server => _server ?? throw new InvalidOperationException("The fixture is not started.");

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    /// <summary>Creates an empty database and returns its name.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"rag_{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(Server.ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        return name;
    }
}
