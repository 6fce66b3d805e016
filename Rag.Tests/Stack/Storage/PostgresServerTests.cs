using Npgsql;
using Rag.Tests.Support;

namespace Rag.Tests.Stack.Storage;

[Collection(PostgresFixture.Collection)]
public sealed class PostgresServerTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task Data_survives_a_restart_and_a_kill()
    {
        await RunAsync("create table kept (n integer)");
        await RunAsync("insert into kept values (1)");

        await database.Server.RestartAsync();
        await RunAsync("insert into kept values (2)");
        await database.Server.KillAsync();
        await database.Server.StartAgainAsync();

        Assert.Equal(2L, await RunAsync("select count(*) from kept"));
    }

    private async Task<object?> RunAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
