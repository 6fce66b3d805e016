namespace Rag.Tests.Support;

/// <summary>An empty database for one test class, on the run's server.</summary>
public sealed class PostgresDatabase(PostgresFixture fixture) : IAsyncLifetime
{
    public string Name { get; private set; } = "";

    public string ConnectionString => fixture.Server.ConnectionString(Name);

    internal PostgresServer Server => fixture.Server;

    public async Task InitializeAsync() => Name = await fixture.CreateDatabaseAsync();

    public Task DisposeAsync() => Task.CompletedTask;
}
