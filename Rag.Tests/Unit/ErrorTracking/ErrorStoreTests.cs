using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Rag.Observability.Errors;
using Rag.Observability.ErrorTracking;
using Rag.Observability.ErrorTracking.Storage;
using Rag.Observability.ErrorTracking.Upkeep;
using Rag.Observability.Storage;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.ErrorTracking;

[Collection(PostgresFixture.Collection)]
public sealed class ErrorStoreTests : IClassFixture<PostgresDatabase>, IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 30, 0, TimeSpan.Zero));
    private readonly ObservabilityDatabase _database;
    private readonly ErrorBatchStore _store;
    private readonly ErrorGroups _groups;
    private readonly ErrorReport _report;
    private readonly string _tag = Guid.NewGuid().ToString("N");

    public ErrorStoreTests(PostgresDatabase database)
    {
        _database = ObservabilityDatabase.Create(database.ConnectionString, "tests", NullLogger<SqlMigrator>.Instance);
        _store = new ErrorBatchStore(_database);
        _groups = new ErrorGroups(_database, _time);
        _report = new ErrorReport(_database, _time);
    }

    [Fact]
    [Trait("Seed", "T3")]
    public async Task A_group_is_found_by_its_id_by_any_error_of_it_and_by_the_request()
    {
        var id = new ErrorId(0xFEDCBA9876543210, 7);
        await StoreAsync(Delta(count: 3, id: id, requestId: $"request-{_tag}"));

        var byRequest = await _groups.GetAsync($"request-{_tag}", default);
        var byEvent = await _groups.GetAsync(id.ToString(), default);
        var byOtherError = await _groups.GetAsync((id with { Unique = 12345 }).ToString(), default);
        var byGroup = await _groups.GetAsync(byEvent.Group.Id.ToString(), default);

        Assert.Single(new[] { byRequest, byEvent, byOtherError, byGroup }.Select(g => g.Group.Id).Distinct());
        Assert.Equal(3, byGroup.Group.Count);
        Assert.Equal(id.ToString(), Assert.Single(byGroup.Events).Id);
        Assert.Equal(3, Assert.Single(byGroup.Hours).Count);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("'; drop table observability.error_groups; --")]
    public async Task An_id_of_nothing_is_not_found(string id) => await Assert.ThrowsAsync<NotFoundException>(() => _groups.GetAsync(id, default));

    [Fact]
    public async Task A_batch_that_is_delivered_twice_counts_once()
    {
        var batch = Batch("1.0.0", Delta(count: 3));

        await _store.StoreAsync(batch, default);
        await _store.StoreAsync(batch, default);

        Assert.Equal(3, (await FindAsync()).Group.Count);
    }

    [Fact]
    public async Task Services_that_store_the_same_groups_at_once_lose_nothing()
    {
        var fingerprints = Enumerable.Range(0, 5).Select(i => $"{_tag}-{i}").ToList();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _store.StoreAsync(Batch("1.0.0", [.. fingerprints.Select(f => Delta(fingerprint: f, count: 2))]), default)));

        foreach (var fingerprint in fingerprints) Assert.Equal(40, (await FindAsync(fingerprint)).Group.Count);
    }

    [Fact]
    [Trait("Seed", "T8")]
    public async Task Resolved_then_seen_again_is_regressed_and_what_is_replayed_late_is_not()
    {
        await StoreAsync(Delta());
        var id = (await FindAsync()).Group.Id.ToString();
        Assert.Equal(GroupState.Resolved, (await _groups.ResolveAsync(id, null, default)).State);

        await StoreAsync(Delta(at: _time.GetUtcNow().AddMinutes(-5)));
        Assert.Equal(GroupState.Resolved, (await FindAsync()).Group.State);

        _time.Advance(TimeSpan.FromMinutes(1));
        await StoreAsync(Delta());
        Assert.Equal(GroupState.Regressed, (await FindAsync()).Group.State);
        Assert.Equal(3, (await FindAsync()).Group.Count);
    }

    [Fact]
    [Trait("Seed", "T8")]
    public async Task Resolved_in_a_version_waits_for_that_version()
    {
        await StoreAsync(Delta());
        await _groups.ResolveAsync((await FindAsync()).Group.Id.ToString(), "2.0.0", default);
        _time.Advance(TimeSpan.FromMinutes(1));

        await StoreAsync(Delta(), version: "1.9.0");
        Assert.Equal(GroupState.Resolved, (await FindAsync()).Group.State);
        await StoreAsync(Delta(), version: "2.0.1");
        Assert.Equal(GroupState.Regressed, (await FindAsync()).Group.State);
        Assert.Equal(("1.0.0", "2.0.1"), ((await FindAsync()).Group.FirstVersion, (await FindAsync()).Group.LastVersion));
    }

    [Fact]
    public async Task Ignored_until_so_many_more_and_reopened()
    {
        await StoreAsync(Delta(count: 5));
        var id = (await FindAsync()).Group.Id.ToString();
        Assert.Equal(GroupState.Ignored, (await _groups.IgnoreAsync(id, null, 10, false, default)).State);

        await StoreAsync(Delta(count: 9));
        Assert.Equal(GroupState.Ignored, (await FindAsync()).Group.State);
        await StoreAsync(Delta(count: 1));
        Assert.Equal(GroupState.New, (await FindAsync()).Group.State);

        await _groups.ResolveAsync(id, null, default);
        Assert.Equal(GroupState.New, (await _groups.ReopenAsync(id, default)).State);
    }

    [Fact]
    [Trait("Seed", "T2")]
    public async Task Samples_are_capped_to_the_newest_and_affected_users_are_counted_all()
    {
        for (var i = 0; i < 60; i++) await StoreAsync(Delta(id: new ErrorId(9, (ulong)i), at: _time.GetUtcNow().AddSeconds(i), user: $"user{i % 30}"));

        var detail = await FindAsync();
        await using var connection = await _database.OpenAsync(default);
        await using var count = new NpgsqlCommand("select count(*) from observability.error_events where group_id = $1", connection) { Parameters = { new() { Value = detail.Group.Id } } };
        Assert.Equal(50L, await count.ExecuteScalarAsync());
        Assert.Equal(_time.GetUtcNow().AddSeconds(59), detail.Events[0].OccurredAt);
        Assert.Equal(30, detail.AffectedUsers.Total);
        Assert.Equal(10, detail.AffectedUsers.Top.Count);
    }

    [Fact]
    [Trait("Seed", "T9")]
    [Trait("Seed", "T10")]
    public async Task Statistics_count_the_period_also_for_groups_that_began_before_it()
    {
        // A year in which no other test has stored anything.
        _time.Advance(TimeSpan.FromDays(365));
        var old = _time.GetUtcNow().AddHours(-30);
        await StoreAsync(Delta(fingerprint: _tag + "a", count: 100, at: old, severity: ErrorSeverity.Low));
        await StoreAsync(Delta(fingerprint: _tag + "a", count: 7, severity: ErrorSeverity.Low));
        await StoreAsync(Delta(fingerprint: _tag + "b", count: 3));

        var day = await _report.OfLastAsync(24, default);
        Assert.Equal([7, 3], day.MostFrequentErrors.Select(e => e.Count));
        Assert.Equal((10, 2, 1), (day.TotalErrors, day.UniqueErrors, day.NewErrors));
        Assert.Equal((7, 3), (day.SeverityBreakdown["low"], day.SeverityBreakdown["high"]));
        Assert.Equal(10, Assert.Single(day.Hours).Count);

        var week = await _report.OfLastAsync(168, default);
        Assert.Equal([107, 3], week.MostFrequentErrors.Select(e => e.Count));
        Assert.Equal((110, 2, 2), (week.TotalErrors, week.UniqueErrors, week.NewErrors));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gaps_or_repeats()
    {
        for (var i = 0; i < 7; i++) await StoreAsync(Delta(fingerprint: $"{_tag}-{i}", category: ErrorCategory.Conflict, at: _time.GetUtcNow().AddSeconds(i)));

        var (seen, cursor) = (new List<Guid>(), (string?)null);
        do
        {
            var page = await _groups.ListAsync(new ErrorQuery(null, "conflict", "tests", 3, cursor), default);
            seen.AddRange(page.Errors.Select(e => e.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(7, seen.Count);
        Assert.Equal(7, seen.Distinct().Count());
        await Assert.ThrowsAsync<ValidationException>(() => _groups.ListAsync(new ErrorQuery(null, null, null, 3, "rubbish"), default));
    }

    [Fact]
    public async Task Upkeep_marks_what_escalates_and_unmarks_it_later()
    {
        var start = _time.GetUtcNow();
        for (var day = 1; day <= 8; day++) await StoreAsync(Delta(count: 2, at: start.AddDays(-day)));
        var upkeep = Upkeep();
        await upkeep.LookAsync(default);
        Assert.Equal(GroupState.Ongoing, (await FindAsync()).Group.State);

        await StoreAsync(Delta(count: 500));
        Assert.Equal(1, await upkeep.LookAsync(default));
        Assert.Equal(GroupState.Escalating, (await FindAsync()).Group.State);

        _time.Advance(TimeSpan.FromHours(1));
        await upkeep.LookAsync(default);
        Assert.Equal(GroupState.Ongoing, (await FindAsync()).Group.State);
    }

    [Fact]
    public async Task Upkeep_deletes_what_is_too_old_and_nothing_else()
    {
        await StoreAsync(Delta(fingerprint: _tag + "old", at: _time.GetUtcNow().AddDays(-91)));
        await StoreAsync(Delta(fingerprint: _tag + "kept", id: new ErrorId(5, 1), at: _time.GetUtcNow().AddDays(-31)));

        await Upkeep().LookAsync(default);

        await Assert.ThrowsAsync<InvalidOperationException>(() => FindAsync(_tag + "old"));
        var kept = await FindAsync(_tag + "kept");
        Assert.Empty(kept.Events);
    }

    [Fact]
    [Trait("Seed", "T4")]
    public async Task Beyond_ten_thousand_groups_the_rest_is_counted_in_one()
    {
        await using (var connection = await _database.OpenAsync(default))
        await using (var fill = new NpgsqlCommand(
            """
            insert into observability.error_groups (id, fingerprint, reason, title, type, category, severity, first_seen, last_seen, first_version, last_version)
            select gen_random_uuid(), 'filled-' || n, '', '', '', 'internal', 0, '1990-01-01', '1990-01-01', '1', '1' from generate_series(1, 10000) n
            """, connection))
        {
            await fill.ExecuteNonQueryAsync();
        }

        try
        {
            await StoreAsync(Delta(fingerprint: _tag + "x", count: 2));
            await StoreAsync(Delta(fingerprint: _tag + "y", count: 3));

            Assert.Equal(5, (await FindAsync("v1:overflow")).Group.Count);
        }
        finally
        {
            await using var connection = await _database.OpenAsync(default);
            await using var empty = new NpgsqlCommand("delete from observability.error_groups where fingerprint like 'filled-%' or fingerprint = 'v1:overflow'", connection);
            await empty.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task Text_that_postgres_cannot_hold_is_stored_all_the_same()
    {
        await StoreAsync(Delta(id: new ErrorId(77, 1), message: "a\0b", user: "u\0"));

        Assert.Equal("a\uFFFDb", Assert.Single((await FindAsync()).Events).Message);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private ErrorUpkeep Upkeep() => new(_database, Options.Create(new ErrorUpkeepOptions()), _time, NullLogger<ErrorUpkeep>.Instance);

    private Task StoreAsync(ErrorDelta delta, string version = "1.0.0") => _store.StoreAsync(Batch(version, delta), default);

    private static ErrorBatch Batch(string version, params ErrorDelta[] groups) => new(Guid.CreateVersion7(), "tests", version, "Test", groups);

    private ErrorDelta Delta(
        string? fingerprint = null, long count = 1, DateTimeOffset? at = null, ErrorId? id = null, string? requestId = null, string? user = null,
        string message = "message", ErrorSeverity severity = ErrorSeverity.High, ErrorCategory category = ErrorCategory.Internal)
    {
        var time = at ?? _time.GetUtcNow();
        var hour = new DateTimeOffset(time.UtcDateTime.Date.AddHours(time.UtcDateTime.Hour), TimeSpan.Zero);
        var delta = new ErrorDelta
        {
            Fingerprint = fingerprint ?? _tag,
            Reason = "because",
            Title = "Title of " + (fingerprint ?? _tag),
            Type = "System.IO.IOException",
            Category = category,
            Severity = severity,
            FirstAt = time,
            LastAt = time,
            Hours = { [hour] = count },
        };
        if (user is not null) delta.Users[user] = 1;
        if (requestId is not null) delta.Requests.Add(requestId);
        if (id is { } known)
        {
            delta.Keys.Add(known.Key);
            delta.Samples.Add(new ErrorEvent(known.Unique == 7 ? known.ToString() : $"{_tag}{known.Unique}", time, message, "stack", "GET /x", requestId, "trace", user, ErrorSource.Request));
        }

        return delta;
    }

    private async Task<ErrorGroupDetail> FindAsync(string? fingerprint = null)
    {
        await using var connection = await _database.OpenAsync(default);
        await using var command = new NpgsqlCommand("select id from observability.error_groups where fingerprint = $1", connection) { Parameters = { new() { Value = fingerprint ?? _tag } } };
        var id = await command.ExecuteScalarAsync() as Guid? ?? throw new InvalidOperationException("no such group");
        return await _groups.GetAsync(id.ToString(), default);
    }
}
