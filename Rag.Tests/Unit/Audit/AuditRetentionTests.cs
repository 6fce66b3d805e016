using Npgsql;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Audit;

/// <summary>A retention that takes long, or for ever, keeps no event from the journal.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class AuditRetentionTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Events_reach_the_journal_while_retention_waits()
    {
        var database = await DatabaseAsync();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var bench = new AuditBench(database, time: time);
        bench.Trail.DataAccess("u", "document", "old", "read");
        Assert.True(await bench.WriteAsync());
        time.Advance(TimeSpan.FromDays(400));

        await using var other = NpgsqlDataSource.Create(database);
        await using (var connection = await other.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            await using var command = new NpgsqlCommand("lock table observability.audit_events in access exclusive mode", connection);
            await command.ExecuteNonQueryAsync();
            await bench.Writer.StartAsync(CancellationToken.None);
            await Eventually.IsTrueAsync(() => IsSomebodyWaitingAsync(other), "Retention did not begin.");

            bench.Trail.DataAccess("u", "document", "young", "read");
            await Eventually.IsTrueAsync(() => bench.Journal.Pending(10).Events.Count == 1, "The event did not reach the journal.");
        }

        await Eventually.IsTrueAsync(
            async () => (await bench.Report.ListAsync(null, "retention", null, 10, CancellationToken.None)).Count == 1, "Retention did not go on.");
        await bench.Writer.StopAsync(CancellationToken.None);
        var verification = await bench.Report.VerifyAsync(CancellationToken.None);
        Assert.Equal(("intact", 1L), (verification.Status, verification.RemovedUntil));
    }

    [Fact]
    public async Task Retention_gives_up_when_the_database_does_not_answer()
    {
        await using var bench = new AuditBench(new NpgsqlConnectionStringBuilder(await DatabaseAsync()) { CommandTimeout = 1 }.ConnectionString);
        bench.Trail.DataAccess("u", "document", "1", "read");
        Assert.True(await bench.WriteAsync());
        // Only who reads an event itself has to wait.
        await bench.ExecuteAsync(
            "create function observability.slow(text) returns text language plpgsql stable as 'begin perform pg_sleep(4); return $1; end'; " +
            "alter table observability.audit_events rename to slow_events; " +
            "create view observability.audit_events as select sequence, occurred_at, previous_hash, hash, observability.slow(content) as content from observability.slow_events");

        var failure = await Assert.ThrowsAnyAsync<NpgsqlException>(() => bench.Store!.RemoveOlderThanAsync(DateTimeOffset.UtcNow.AddDays(1), CancellationToken.None));
        Assert.IsType<TimeoutException>(failure.InnerException);
    }

    private static async Task<bool> IsSomebodyWaitingAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')");
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private async Task<string> DatabaseAsync() => postgres.Server.ConnectionString(await postgres.CreateDatabaseAsync());
}
