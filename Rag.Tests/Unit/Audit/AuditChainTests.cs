using System.Text;
using Npgsql;
using Rag.Observability.Audit;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Audit;

/// <summary>Whatever is changed, removed or added behind the trail's back is found.</summary>
[Collection(PostgresFixture.Collection)]
[Trait("Seed", "L26")]
public sealed class AuditChainTests(PostgresFixture postgres)
{
    private const string WithoutTrigger = "alter table observability.audit_events disable trigger all; ";

    [Fact]
    public async Task An_untouched_trail_is_intact()
    {
        await using var bench = await FilledAsync();
        var verification = await bench.Report.VerifyAsync(CancellationToken.None);

        Assert.Equal(("intact", 10L, (long?)null), (verification.Status, verification.Events, verification.FirstBroken));
    }

    [Theory]
    [InlineData("update observability.audit_events set content = replace(content, 'doc-4', 'doc-9') where sequence = 4", 4)]
    [InlineData("update observability.audit_events set occurred_at = occurred_at + interval '1 second' where sequence = 4", 4)]
    [InlineData("update observability.audit_events set hash = previous_hash where sequence = 4", 4)]
    [InlineData("delete from observability.audit_events where sequence = 4", 4)]
    [InlineData("delete from observability.audit_events where sequence > 8", 9)]
    [InlineData("delete from observability.audit_events", 1)]
    [InlineData("delete from observability.audit_head", 11)]
    [InlineData("delete from observability.audit_events where sequence = 1; update observability.audit_events set sequence = sequence - 1", 1)]
    [InlineData("update observability.audit_events a set content = b.content from observability.audit_events b where (a.sequence, b.sequence) in ((3, 4), (4, 3))", 3)]
    [InlineData("update observability.audit_events a set content = b.content from observability.audit_events b where a.sequence = 3 and b.sequence = 4", 3)]
    public async Task Tampering_is_found_at_its_place(string sql, long expected)
    {
        await using var bench = await FilledAsync();
        await bench.ExecuteAsync(WithoutTrigger + sql);

        var verification = await bench.Report.VerifyAsync(CancellationToken.None);
        Assert.Equal(("broken", expected), (verification.Status, verification.FirstBroken));
    }

    [Fact]
    public async Task A_tail_that_was_cut_off_together_with_the_head_is_missed_by_the_witness()
    {
        await using var bench = await FilledAsync();
        await bench.ExecuteAsync(WithoutTrigger + "update observability.audit_head set sequence = 8, hash = (select hash from observability.audit_events where sequence = 8); delete from observability.audit_events where sequence > 8");

        var verification = await bench.Report.VerifyAsync(CancellationToken.None);
        Assert.Equal(("broken", 9L), (verification.Status, verification.FirstBroken));
    }

    [Fact]
    public async Task Without_the_key_no_valid_chain_can_be_written()
    {
        await using var bench = await FilledAsync(Key);
        var forger = new AuditStore(new Rag.Observability.Storage.ObservabilityDatabase(
            NpgsqlDataSource.Create(_connectionString!), Microsoft.Extensions.Logging.Abstractions.NullLogger<Rag.Observability.Storage.SqlMigrator>.Instance), new AuditChain(key: null));
        await forger.AppendAsync([AuditContent.Of(new AuditEvent { Id = Guid.NewGuid(), OccurredAt = DateTimeOffset.UnixEpoch, Kind = AuditKind.DataAccess, Action = "x", Outcome = "x", Service = "x" })], CancellationToken.None);

        Assert.Equal(11, (await bench.Report.VerifyAsync(CancellationToken.None)).FirstBroken);
    }

    [Theory]
    [InlineData("update observability.audit_events set content = content")]
    [InlineData("delete from observability.audit_events")]
    [InlineData("truncate observability.audit_events")]
    public async Task The_table_is_append_only(string sql)
    {
        await using var bench = await FilledAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync(sql));
        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_that_write_at_the_same_time_build_one_chain()
    {
        await using var bench = await FilledAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var i = 0; i < 20; i++)
            {
                var e = new AuditEvent { Id = Guid.NewGuid(), OccurredAt = DateTimeOffset.UnixEpoch, Kind = AuditKind.DataAccess, Action = $"{writer}/{i}", Outcome = "success", Service = "x" };
                await bench.Store!.AppendAsync([AuditContent.Of(e)], CancellationToken.None);
            }
        }));

        var verification = await bench.Report.VerifyAsync(CancellationToken.None);
        Assert.Equal(("intact", 170L), (verification.Status, verification.Events));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_line_of_the_journal_that_was_changed_or_removed_is_found(int line)
    {
        await using var bench = await FilledAsync();
        var file = Directory.GetFiles(bench.Folder, "audit-*.log").Single();
        var lines = File.ReadAllLines(file);
        File.WriteAllLines(file, line == 0 ? lines.Where((_, i) => i != 4) : lines.Select((text, i) => i == line ? text.Replace("doc-", "dog-", StringComparison.Ordinal) : text));

        var verification = await bench.Report.VerifyAsync(CancellationToken.None);
        Assert.Equal(("broken", line == 0 ? 5L : 4L), (verification.Status, verification.FirstBroken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task Lines_that_were_cut_off_the_journal_while_the_service_was_down_are_missed_for_good(int cut)
    {
        await using var bench = await FilledAsync();
        var file = Directory.GetFiles(bench.Folder, "audit-*.log").Single();
        bench.Journal.Dispose();
        File.WriteAllLines(file, File.ReadAllLines(file).SkipLast(cut));
        bench.Reopen(_connectionString);
        Assert.Equal(11L - cut, (await bench.Report.VerifyAsync(CancellationToken.None)).FirstBroken);

        // What comes later neither fills the gap nor gets lost.
        for (var i = 0; i < 30; i++) bench.Trail.DataAccess("key-1", "document", $"later-{i}", "read");
        Assert.True(await bench.WriteAsync());
        Assert.Equal(11L - cut, (await bench.Report.VerifyAsync(CancellationToken.None)).FirstBroken);
        Assert.Equal(40, (await bench.Store!.VerifyAsync(null, CancellationToken.None)).Events);
    }

    [Fact]
    public async Task A_journal_that_was_removed_is_missed_for_good()
    {
        await using var bench = await FilledAsync();
        foreach (var file in Directory.GetFiles(bench.Folder, "audit-*.log")) File.Delete(file);
        bench.Reopen(_connectionString);
        bench.Trail.DataAccess("key-1", "document", "later", "read");
        Assert.True(await bench.WriteAsync());
        bench.Journal.Prune(daysKept: 1);
        bench.Reopen(_connectionString);

        var verification = await bench.Report.VerifyAsync(CancellationToken.None);
        Assert.Equal(("broken", 1L), (verification.Status, verification.FirstBroken));
    }

    [Fact]
    public async Task A_file_that_was_removed_before_its_time_is_missed_among_those_that_were_pruned()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var bench = await FilledAsync(time: time);
        for (var day = 1; day <= 3; day++)
        {
            time.Advance(TimeSpan.FromDays(1));
            bench.Trail.DataAccess("key-1", "document", $"day-{day}", "read");
            Assert.True(await bench.WriteAsync());
        }

        // The tenth line goes as it should, the eleventh does not.
        var first = Directory.GetFiles(bench.Folder, "audit-*.log").Order(StringComparer.Ordinal).First();
        var text = await File.ReadAllTextAsync(first);
        bench.Journal.Prune(daysKept: 2);
        bench.Reopen(_connectionString);
        Assert.Null(bench.Journal.FirstBrokenLine(CancellationToken.None));

        // A process that ended before it deleted what it could.
        await File.WriteAllTextAsync(first, text);
        Assert.Null(bench.Journal.FirstBrokenLine(CancellationToken.None));

        File.Delete(first);
        File.Delete(Directory.GetFiles(bench.Folder, "audit-*.log").Order(StringComparer.Ordinal).First());
        Assert.Equal(11, bench.Journal.FirstBrokenLine(CancellationToken.None));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Old_events_go_and_the_rest_is_still_verified(bool hasKey)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var bench = await FilledAsync(hasKey ? Key : null, time);
        time.Advance(TimeSpan.FromDays(30));
        for (var i = 0; i < 5; i++) bench.Trail.DataAccess("key-1", "document", $"young-{i}", "read");
        Assert.True(await bench.WriteAsync());

        var (before, after) = await bench.Store!.RemoveOlderThanAsync(time.GetUtcNow().AddDays(-7), CancellationToken.None);
        Assert.Equal((0L, 10L), (before.Sequence, after.Sequence));
        var verification = await bench.Report.VerifyAsync(CancellationToken.None);
        Assert.Equal(("intact", 5L, 10L), (verification.Status, verification.Events, verification.RemovedUntil));
        Assert.Equal(5, (await bench.Report.ListAsync(null, null, null, 100, CancellationToken.None)).Count);

        // Again nothing, then all that is left; and the chain goes on.
        (before, after) = await bench.Store.RemoveOlderThanAsync(time.GetUtcNow().AddDays(-7), CancellationToken.None);
        Assert.Equal(before, after);
        await bench.Store.RemoveOlderThanAsync(time.GetUtcNow().AddDays(7), CancellationToken.None);
        bench.Trail.DataAccess("key-1", "document", "last", "read");
        Assert.True(await bench.WriteAsync());
        Assert.Equal(("intact", 1L), ((await bench.Report.VerifyAsync(CancellationToken.None)).Status, (await bench.Report.VerifyAsync(CancellationToken.None)).Events));
        await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync("delete from observability.audit_events"));
    }

    [Theory]
    [InlineData("set observability.audit_retention = 'on'; delete from observability.audit_events where sequence <= 4; set observability.audit_retention = 'off'", 1)]
    [InlineData(
        "set observability.audit_retention = 'on'; update observability.audit_head set anchor_sequence = 4, anchor_hash = (select hash from observability.audit_events where sequence = 4); " +
        "delete from observability.audit_events where sequence <= 4; set observability.audit_retention = 'off'", 5)]
    [InlineData("update observability.audit_head set anchor_hash = hash", 1)]
    public async Task Who_removes_the_beginning_without_the_key_is_found(string sql, long expected)
    {
        await using var bench = await FilledAsync(Key);
        await bench.ExecuteAsync(sql);

        var verification = await bench.Report.VerifyAsync(CancellationToken.None);
        Assert.Equal(("broken", expected), (verification.Status, verification.FirstBroken));
    }

    [Fact]
    public async Task Retention_stops_before_what_was_tampered_with()
    {
        await using var bench = await FilledAsync();
        await bench.ExecuteAsync(WithoutTrigger + "update observability.audit_events set content = replace(content, 'doc-4', 'doc-9') where sequence = 4; alter table observability.audit_events enable trigger all");

        var (_, after) = await bench.Store!.RemoveOlderThanAsync(DateTimeOffset.UtcNow.AddDays(1), CancellationToken.None);
        Assert.Equal(0, after.Sequence);
        Assert.Equal(4, (await bench.Report.VerifyAsync(CancellationToken.None)).FirstBroken);
    }

    private static readonly byte[] Key = Encoding.UTF8.GetBytes("0123456789abcdef0123456789abcdef");

    private string? _connectionString;

    private async Task<AuditBench> FilledAsync(byte[]? key = null, TimeProvider? time = null)
    {
        _connectionString = postgres.Server.ConnectionString(await postgres.CreateDatabaseAsync());
        var bench = new AuditBench(_connectionString, key, time);
        for (var i = 1; i <= 10; i++) bench.Trail.DataAccess("key-1", "document", $"doc-{i}", "read");
        Assert.True(await bench.WriteAsync());
        return bench;
    }
}
