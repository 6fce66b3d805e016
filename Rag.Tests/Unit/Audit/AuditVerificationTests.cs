using Npgsql;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Audit;

/// <summary>A verification takes long, and nobody else suffers from it.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class AuditVerificationTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Verifications_share_one_connection()
    {
        var database = postgres.Server.ConnectionString(await postgres.CreateDatabaseAsync());
        await using var bench = new AuditBench(new NpgsqlConnectionStringBuilder(database) { MaxPoolSize = 1, Timeout = 1 }.ConnectionString);
        bench.Trail.DataAccess("u", "document", "1", "read");
        Assert.True(await bench.WriteAsync());

        // For longer than anybody waits for a connection.
        await using var other = NpgsqlDataSource.Create(database);
        await using var connection = await other.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, "lock table observability.audit_events in access exclusive mode");
        var running = Enumerable.Range(0, 3).Select(_ => bench.Report.VerifyAsync(CancellationToken.None)).ToList();
        await ExecuteAsync(connection, "select pg_sleep(3)");
        await transaction.CommitAsync();
        var verifications = await Task.WhenAll(running);

        Assert.All(verifications, verification => Assert.Equal("intact", verification.Status));
    }

    [Fact]
    public async Task The_walk_along_the_journal_ends_when_nobody_waits_for_it()
    {
        await using var bench = new AuditBench(connectionString: null);
        bench.Trail.DataAccess("u", "document", "1", "read");
        await bench.WriteAsync();
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        Assert.Throws<OperationCanceledException>(() => bench.Journal.FirstBrokenLine(gone.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Report.VerifyAsync(gone.Token));
        Assert.Equal("intact", (await bench.Report.VerifyAsync(CancellationToken.None)).Status);
    }

    [Fact]
    public async Task A_file_that_vanishes_between_its_listing_and_its_reading_is_left_out()
    {
        await using var bench = new AuditBench(connectionString: null);
        bench.Trail.DataAccess("u", "document", "1", "read");
        await bench.WriteAsync();

        // Listed like a file, but there is none to be opened.
        File.CreateSymbolicLink(Path.Combine(bench.Folder, "audit-2000-01-01.log"), Path.Combine(bench.Folder, "pruned"));
        Assert.Equal("intact", (await bench.Report.VerifyAsync(CancellationToken.None)).Status);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
