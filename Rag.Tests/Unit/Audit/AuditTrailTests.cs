using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rag.Observability;
using Rag.Observability.Audit;
using Rag.Observability.Logging;
using Rag.Tests.Support;
using Rag.Tests.Unit.Logging;

namespace Rag.Tests.Unit.Audit;

/// <summary>The five kinds of events, and that none is lost.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class AuditTrailTests(PostgresFixture postgres)
{
    [Fact]
    [Trait("Seed", "L26")]
    public async Task All_five_kinds_are_kept_with_their_context_whatever_the_log_level()
    {
        using var silent = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.None));
        await using var bench = new AuditBench(await DatabaseAsync(), loggers: silent);
        using (var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).SetTag(TelemetryNames.Tags.RequestId, "r-1").Start())
        using (new Activity("inner").Start())
        {
            bench.Trail.AuthenticationAttempt("bob", isSuccess: false, "10.0.0.1", "curl", "unknown key");
            bench.Trail.AuthorizationFailure("key-1", "/keys", "POST", "10.0.0.1");
            bench.Trail.SuspiciousActivity("key-1", "scraping", new Dictionary<string, object?> { ["n"] = 5 }, 0.7, "10.0.0.1");
            bench.Trail.DataAccess("key-1", "document", "d-1", "delete", isSensitive: true);
            bench.Trail.SystemChange("key-1", "log_level", "Information", "Debug", "log-levels/Rag");
        }

        await bench.WriteAsync();
        var events = await bench.Report.ListAsync(null, null, null, 100, CancellationToken.None);

        Assert.Equal(
            ["system_change", "data_access", "suspicious_activity", "authorization_failure", "authentication_attempt"], events.Select(e => e.Event.GetProperty("kind").GetString()));
        Assert.All(events, e => Assert.Equal("r-1", e.Event.GetProperty("request_id").GetString()));
        Assert.All(events, e => Assert.Equal("rag-test", e.Event.GetProperty("service").GetString()));
        Assert.Single(await bench.Report.ListAsync(AuditKind.DataAccess, "key-1", null, 100, CancellationToken.None));
        Assert.Equal(2, (await bench.Report.ListAsync(null, null, before: 3, 100, CancellationToken.None)).Count);
    }

    [Fact]
    [Trait("Seed", "S15")]
    public async Task Old_and_new_values_and_details_are_masked()
    {
        await using var bench = new AuditBench(connectionString: null);
        bench.Trail.SystemChange("admin", "setting_changed", "zq-old", "zq-new", "Auth:AdminKey");
        bench.Trail.SystemChange("admin", "setting_changed", "Host=a;Password=zq-old", new Dictionary<string, object?> { ["password"] = "zq-new", ["size"] = 3 }, "storage");
        bench.Trail.SuspiciousActivity("u", "x", new Dictionary<string, object?> { ["header"] = "Authorization: Bearer zq-token" }, 0.9, null);
        bench.Trail.AuthenticationAttempt("bob.zq@example.com", isSuccess: true, null, "agent token=zq-agent");
        await bench.WriteAsync();

        var text = JournalText(bench);
        Assert.DoesNotContain("zq", text, StringComparison.Ordinal);
        Assert.Contains("\"size\":3", text, StringComparison.Ordinal);
        Assert.Contains("b***@example.com", text, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Seed", "L17")]
    [InlineData(0.5, "WARNING")]
    [InlineData(0.81, "CRITICAL")]
    [InlineData(double.NaN, "CRITICAL")]
    public async Task A_high_risk_is_critical(double risk, string level)
    {
        using var pipe = new LogPipe();
        await using var bench = new AuditBench(connectionString: null, loggers: pipe.Factory);
        bench.Trail.SuspiciousActivity("u", "x", new Dictionary<string, object?>(), risk, "10.0.0.1");

        Assert.Equal((level, "audit"), (pipe.Line().GetProperty("level").GetString(), pipe.Line().GetProperty("category").GetString()));
    }

    [Fact]
    public async Task Events_of_an_outage_reach_the_database_after_it_in_order_and_once()
    {
        await using var bench = new AuditBench("Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=1");
        for (var i = 0; i < 600; i++) bench.Trail.DataAccess("u", "document", $"{i}", "read");
        Assert.False(await bench.WriteAsync());

        // The process ends before the database is back.
        bench.Reopen(await DatabaseAsync());
        bench.Trail.DataAccess("u", "document", "600", "read");
        Assert.True(await bench.WriteAsync());
        Assert.True(await bench.WriteAsync());

        var events = await bench.Report.ListAsync(null, null, null, 500, CancellationToken.None);
        Assert.Equal("document/600", events[0].Event.GetProperty("resource").GetString());
        Assert.Equal(("intact", 601L), (await bench.Report.VerifyAsync(CancellationToken.None)) is var v ? (v.Status, v.Events) : default);
        Assert.Equal(events.Select((_, i) => $"document/{600 - i}"), events.Select(e => e.Event.GetProperty("resource").GetString()));
    }

    [Fact]
    public async Task A_bookmark_that_is_lost_offers_events_again_and_none_comes_twice()
    {
        var database = await DatabaseAsync();
        await using var bench = new AuditBench(database);
        for (var i = 0; i < 20; i++) bench.Trail.DataAccess("u", "document", $"{i}", "read");
        Assert.True(await bench.WriteAsync());
        File.Delete(Path.Combine(bench.Folder, "bookmark"));
        bench.Reopen(database);
        Assert.True(await bench.WriteAsync());

        Assert.Equal(20, (await bench.Report.VerifyAsync(CancellationToken.None)).Events);
    }

    [Fact]
    public async Task Half_a_line_that_a_crash_left_costs_nothing_else()
    {
        await using var bench = new AuditBench(connectionString: null);
        bench.Trail.DataAccess("u", "document", "1", "read");
        await bench.WriteAsync();
        await File.AppendAllTextAsync(Directory.GetFiles(bench.Folder, "audit-*.log").Single(), "{\"line\":2,\"ha");
        bench.Reopen(await DatabaseAsync());
        bench.Trail.DataAccess("u", "document", "2", "read");
        Assert.True(await bench.WriteAsync());

        Assert.Equal(("intact", 2L), (await bench.Report.VerifyAsync(CancellationToken.None)) is var v ? (v.Status, v.Events) : default);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"line\":4,\"ha")]
    public async Task Numbers_go_on_behind_a_file_that_got_no_whole_line(string content)
    {
        var time = new FakeTimeProvider();
        await using var bench = new AuditBench(connectionString: null, time: time);
        for (var i = 0; i < 3; i++) bench.Trail.DataAccess("u", "document", $"{i}", "read");
        await bench.WriteAsync();

        // The first write of a day failed, or the process ended in the midst of it.
        time.Advance(TimeSpan.FromDays(1));
        await File.WriteAllTextAsync(Path.Combine(bench.Folder, $"audit-{time.GetUtcNow():yyyy-MM-dd}.log"), content);
        bench.Reopen(connectionString: null);
        bench.Trail.DataAccess("u", "document", "3", "read");
        await bench.WriteAsync();

        Assert.Contains("{\"line\":4,\"hash\"", JournalText(bench), StringComparison.Ordinal);
        Assert.Null(bench.Journal.FirstBrokenLine(CancellationToken.None));
    }

    [Fact]
    public async Task What_the_queue_does_not_hold_goes_to_the_journal_at_once()
    {
        await using var bench = new AuditBench(connectionString: null, capacity: 5);
        using var stop = new CancellationTokenSource();
        bench.Trail.Overflow = e => bench.Journal.Append([e]);
        for (var i = 0; i < 50; i++) bench.Trail.DataAccess("u", "document", $"{i}", "read");
        await bench.WriteAsync();

        Assert.Equal(50, JournalText(bench).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Null(bench.Journal.FirstBrokenLine(CancellationToken.None));
    }

    [Fact]
    public async Task Days_have_files_of_their_own_and_old_ones_go_when_they_are_in_the_database()
    {
        var time = new FakeTimeProvider();
        await using var bench = new AuditBench(await DatabaseAsync(), time: time);
        for (var day = 0; day < 10; day++)
        {
            bench.Trail.DataAccess("u", "document", $"{day}", "read");
            Assert.True(await bench.WriteAsync());
            time.Advance(TimeSpan.FromDays(1));
        }

        bench.Journal.Prune(daysKept: 3);
        Assert.InRange(Directory.GetFiles(bench.Folder, "audit-*.log").Length, 2, 4);
        Assert.Null(bench.Journal.FirstBrokenLine(CancellationToken.None));
        Assert.Equal(10, (await bench.Report.VerifyAsync(CancellationToken.None)).Events);
    }

    [Fact]
    public async Task The_writer_removes_what_is_too_old_once_a_day_and_says_so()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var bench = new AuditBench(await DatabaseAsync(), time: time);
        for (var i = 0; i < 3; i++) bench.Trail.DataAccess("u", "document", $"{i}", "read");
        Assert.True(await bench.WriteAsync());
        time.Advance(TimeSpan.FromDays(400));
        await bench.Writer.StartAsync(CancellationToken.None);

        IReadOnlyList<AuditEntry> events = [];
        await Eventually.IsTrueAsync(async () => (events = await bench.Report.ListAsync(AuditKind.SystemChange, "retention", null, 10, CancellationToken.None)).Count > 0, "Nothing was removed.");
        await bench.Writer.StopAsync(CancellationToken.None);

        Assert.Equal(3, events[0].Event.GetProperty("details").GetProperty("new_value").GetInt64());
        var verification = await bench.Report.VerifyAsync(CancellationToken.None);
        Assert.Equal(("intact", 1L, 3L), (verification.Status, verification.Events, verification.RemovedUntil));
    }

    [Fact]
    public async Task Text_that_databases_and_json_dislike_is_kept()
    {
        await using var bench = new AuditBench(await DatabaseAsync());
        bench.Trail.DataAccess("a\0b", "quote \" and \\ and \uD800", "日本語🙂", "read\n");
        Assert.True(await bench.WriteAsync());

        Assert.Equal(1, (await bench.Report.VerifyAsync(CancellationToken.None)).Events);
    }

    private async Task<string> DatabaseAsync() => postgres.Server.ConnectionString(await postgres.CreateDatabaseAsync());

    private static string JournalText(AuditBench bench) => string.Concat(Directory.GetFiles(bench.Folder, "audit-*.log").Select(file =>
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }));
}
