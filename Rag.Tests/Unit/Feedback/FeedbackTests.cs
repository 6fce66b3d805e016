using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Rag.Core.Documents;
using Rag.Core.Feedback;
using Rag.Core.Storage;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Feedback;

/// <summary>Feedback as callers give it, over HTTP to the composed API, with a real database that comes and goes.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class FeedbackTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IDisposable
{
    private const string Search = "0197a0f0-0000-7000-8000-000000000001";
    private const string Answer = "0197a0f0-0000-7000-8000-000000000002";

    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly TemporaryFolder _spool = new();

    public static TheoryData<string, string> Refused => new()
    {
        { "{}", "search_id" },
        { """{"rating":5}""", "search_id" },
        { $$"""{"search_id":"{{Search}}"}""", "rating" },
        { $$"""{"search_id":"{{Search}}","clicked":[],"relevant":[]}""", "rating" },
        { $$"""{"search_id":"{{Search}}","answer_id":"{{Answer}}","rating":5}""", "answer_id" },
        { $$"""{"search_id":"{{Search}}","rating":0}""", "rating" },
        { $$"""{"search_id":"{{Search}}","rating":6}""", "rating" },
        { $$"""{"search_id":"{{Search}}","clicked":[0]}""", "clicked" },
        { $$"""{"search_id":"{{Search}}","clicked":[101]}""", "clicked" },
        { $$"""{"search_id":"{{Search}}","clicked":[{{string.Join(',', Enumerable.Repeat(1, 101))}}]}""", "clicked" },
        { $$"""{"search_id":"{{Search}}","relevant":[null]}""", "relevant" },
        { $$"""{"search_id":"{{Search}}","relevant":["a b"]}""", "relevant" },
        { $$"""{"search_id":"{{Search}}","comment":"  "}""", "comment" },
        { $$"""{"search_id":"{{Search}}","comment":"a\u0000b"}""", "comment" },
        { $$"""{"search_id":"{{Search}}","comment":"{{new string('x', 4001)}}"}""", "comment" },
    };

    [Fact]
    public async Task What_is_said_is_kept()
    {
        await using var service = await StartAsync();
        await ClearAsync();

        await GiveAsync(service, $$"""{"search_id":"{{Search}}","rating":4,"clicked":[1,3,3],"relevant":["a","b"],"comment":"grüße 👍"}""");
        await GiveAsync(service, $$"""{"answer_id":"{{Answer}}","rating":1}""");

        Assert.Equal([$"{Search}||4|{{1,3}}|{{a,b}}|grüße 👍", $"|{Answer}|1|{{}}|{{}}|"], await StoredAsync());
    }

    [Fact]
    [Trait("Seed", "R13")]
    public async Task While_the_database_is_down_it_waits_on_disk_also_over_a_restart_and_is_stored_in_order()
    {
        await using (var service = await StartAsync())
        {
            await ClearAsync();
            await GiveAsync(service, Numbered(0));
            await database.Server.KillAsync();
            for (var i = 1; i <= 5; i++) await GiveAsync(service, Numbered(i));
            await database.Server.StartAgainAsync();
            await StoredInOrderAsync(6);

            // The next process finds what this one leaves behind.
            await database.Server.KillAsync();
            for (var i = 6; i <= 9; i++) await GiveAsync(service, Numbered(i));
        }

        await database.Server.StartAgainAsync();
        await using var next = await StartAsync();
        await StoredInOrderAsync(10);
    }

    [Fact]
    [Trait("Seed", "R13")]
    public async Task While_the_disk_of_the_database_is_full_it_waits_on_the_own_disk()
    {
        await using var service = await StartAsync();
        await ClearAsync();
        await ExecuteAsync(
            """
            create function rag.full() returns trigger language plpgsql as $$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$;
            create trigger "full" before insert on rag.feedback execute function rag.full();
            """);
        for (var i = 0; i < 3; i++) await GiveAsync(service, Numbered(i));
        Assert.Empty(await StoredAsync());

        await ExecuteAsync("drop function rag.full cascade");

        await StoredInOrderAsync(3);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_makes_no_sense_is_refused(string body, string field)
    {
        var validator = new FeedbackValidator(Options.Create(new DocumentOptions()));
        var submission = JsonSerializer.Deserialize<FeedbackSubmission>(body, SnakeCase)!;

        var refusal = Assert.Throws<ValidationException>(() => validator.Validate(submission));

        Assert.Contains(refusal.Errors, error => error.Field == field);
    }

    public void Dispose() => _spool.Dispose();

    private static string Numbered(int number) => $$"""{"search_id":"{{Search}}","comment":"{{number}}"}""";

    private static async Task GiveAsync(ComposedService service, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await service.Client.PostAsync("/feedback", content);
        Assert.True(response.StatusCode == HttpStatusCode.NoContent, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    private Task ClearAsync() => ExecuteAsync("truncate rag.feedback");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private Task StoredInOrderAsync(int count)
    {
        var expected = Enumerable.Range(0, count).Select(i => $"{Search}|||{{}}|{{}}|{i}").ToList();
        return Eventually.IsTrueAsync(async () => (await StoredAsync()).SequenceEqual(expected), $"{count} entries in order were not stored.");
    }

    /// <summary>In the order in which they were written.</summary>
    private async Task<List<string>> StoredAsync()
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select concat_ws('|', coalesce(search_id::text, ''), coalesce(answer_id::text, ''), coalesce(rating::text, ''), clicked::text, relevant::text, coalesce(comment, '')) from rag.feedback order by ctid",
            connection);
        await using var row = await command.ExecuteReaderAsync();
        var stored = new List<string>();
        while (await row.ReadAsync()) stored.Add(row.GetString(0));
        return stored;
    }

    private async Task<ComposedService> StartAsync()
    {
        var service = await ComposedService.StartAsync(
            "Rag.Api", database.ConnectionString, Environments.Development, new Dictionary<string, string?>(StringComparer.Ordinal) { ["Spool:Folder"] = _spool });
        await service.Services.GetRequiredService<SchemaReadiness>().WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        return service;
    }
}
