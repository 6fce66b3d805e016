using System.Net;
using Microsoft.Extensions.Hosting;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.ServiceDefaults;

/// <summary>No service waits for anything at its start, and each finds what comes later without a restart.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class StartupTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    [Theory]
    [InlineData("Rag.Api", true)]
    [InlineData("Rag.EmbeddingWorker", true)]
    [InlineData("Rag.Monitor", false)]
    public async Task It_starts_with_nothing_there_and_is_ready_when_the_database_comes(string name, bool needsDatabase)
    {
        await database.Server.KillAsync();
        try
        {
            await using var service = await ComposedService.StartAsync(name, database.ConnectionString, Environments.Development, new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Embeddings:ModelPath"] = Path.Combine(Path.GetTempPath(), "no-such-model"),
            });

            Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, "/alive"));
            Assert.Equal(needsDatabase ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, await StatusAsync(service, "/ready"));

            await database.Server.StartAgainAsync();
            await Eventually.IsTrueAsync(async () => await StatusAsync(service, "/ready") == HttpStatusCode.OK, "It did not become ready.");
        }
        finally
        {
            if (!await AnswersAsync()) await database.Server.StartAgainAsync();
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = new Npgsql.NpgsqlConnection(database.ConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            return true;
        }
        catch (Npgsql.NpgsqlException)
        {
            return false;
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(ComposedService service, string path)
    {
        using var response = await service.Client.GetAsync(path);
        return response.StatusCode;
    }
}
