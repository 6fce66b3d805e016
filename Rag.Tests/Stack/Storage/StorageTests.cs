using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Rag.Core.Storage;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Stack.Storage;

[Collection(PostgresFixture.Collection)]
public sealed class StorageTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task A_process_starts_without_PostgreSQL_and_says_so_until_it_comes()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var host = Build($"Host=127.0.0.1;Port={port};Username=postgres;Database=rag");

        await host.StartAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False(host.Services.GetRequiredService<SchemaReadiness>().IsReady);
        Assert.Equal(HealthStatus.Unhealthy, (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status);
        var failure = await Assert.ThrowsAsync<DatabaseException>(() => host.Services.GetRequiredService<RagDatabase>().RunAsync(One, CancellationToken.None));
        Assert.NotNull(failure.RetryAfter);
        await host.StopAsync();
    }

    [Fact]
    public async Task After_a_restart_of_PostgreSQL_not_one_request_fails()
    {
        using var host = Build(database.ConnectionString);
        await host.StartAsync();
        var rag = host.Services.GetRequiredService<RagDatabase>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rag.RunAsync(One, CancellationToken.None)));

        await database.Server.RestartAsync();
        Assert.Equal(Enumerable.Repeat(1, 16), await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => rag.RunAsync(One, CancellationToken.None))));

        await database.Server.KillBackendsAsync(database.Name);
        Assert.Equal(Enumerable.Repeat(1, 16), await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => rag.TransactAsync(One, CancellationToken.None))));
        await QueueHost.UntilAsync(
            async () => (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status == HealthStatus.Healthy, "the health check is healthy");
        await host.StopAsync();
    }

    [Fact]
    public async Task What_PostgreSQL_says_about_a_statement_is_not_its_absence()
    {
        using var host = Build(database.ConnectionString);
        await host.StartAsync();
        var rag = host.Services.GetRequiredService<RagDatabase>();

        var failure = await Assert.ThrowsAsync<PostgresException>(() => rag.RunAsync(
            (connection, token) => connection.QueryAsync("select 1 / 0", [], reader => reader.GetInt32(0), token), CancellationToken.None));
        Assert.Equal(PostgresErrorCodes.DivisionByZero, failure.SqlState);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_schema_that_is_not_there_yet_is_no_defect_but_a_reason_to_wait()
    {
        using var host = Build(database.ConnectionString);
        var rag = host.Services.GetRequiredService<RagDatabase>();
        Task<List<int>> ReadAsync() => rag.RunAsync(
            (connection, token) => connection.QueryAsync("select count(*)::int from rag.that_comes_later", [], reader => reader.GetInt32(0), token), CancellationToken.None);

        Assert.NotNull((await Assert.ThrowsAsync<DatabaseException>(ReadAsync)).RetryAfter);

        await host.StartAsync();
        await host.Services.GetRequiredService<SchemaReadiness>().WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<PostgresException>(ReadAsync);
        await host.StopAsync();
    }

    private static async Task<int> One(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await connection.QueryAsync("select 1", [], reader => reader.GetInt32(0), cancellationToken)).Single();

    private static IHost Build(string connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "tests" });
        builder.Configuration["ConnectionStrings:rag"] = connectionString;
        builder.AddRagStorage();
        return builder.Build();
    }
}
