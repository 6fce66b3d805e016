using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Rag.Observability.Access;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Access;

/// <summary>The life of a key.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class ApiKeyTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_key_is_created_rotated_with_an_overlap_and_revoked()
    {
        await using var service = await StartAsync();
        var created = await service.JsonAsync("POST", "/keys", AccessService.AdminKey, new { name = "web", role = "reader" });
        var (id, first) = (created.GetProperty("id").GetString()!, created.GetProperty("key").GetString()!);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, first));

        var second = (await service.JsonAsync("POST", $"/keys/{id}/rotate", AccessService.AdminKey, new { overlap_minutes = 60 })).GetProperty("key").GetString()!;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync(service, first), await StatusAsync(service, second)));

        var third = (await service.JsonAsync("POST", $"/keys/{id}/rotate", AccessService.AdminKey)).GetProperty("key").GetString()!;
        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await StatusAsync(service, first), await StatusAsync(service, second), await StatusAsync(service, third)));

        using var revoked = await service.SendAsync("DELETE", $"/keys/{id}", AccessService.AdminKey);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Unauthorized), (revoked.StatusCode, await StatusAsync(service, third)));
        using var again = await service.SendAsync("POST", $"/keys/{id}/rotate", AccessService.AdminKey);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task A_key_ends_with_its_time()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var service = await StartAsync(time: time);
        var key = (await service.JsonAsync("POST", "/keys", AccessService.AdminKey, new { name = "short", role = "reader", expires_in_days = 1 })).GetProperty("key").GetString()!;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, key));

        time.Advance(TimeSpan.FromDays(1.01));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, key));
    }

    [Fact]
    public async Task The_secret_is_nowhere_but_in_the_answer_that_created_it()
    {
        var database = postgres.Server.ConnectionString(await postgres.CreateDatabaseAsync());
        string key;
        await using (var service = await AccessService.StartAsync(database))
        {
            key = await service.KeyAsync("reader");
            await StatusAsync(service, key);
            var list = await service.JsonAsync("GET", "/keys", AccessService.AdminKey);
            Assert.DoesNotContain(Secret(key), list.GetRawText(), StringComparison.Ordinal);
            await service.StopAsync();
            var files = string.Concat(Directory.EnumerateFiles(service.Folder, "*.log", SearchOption.AllDirectories).Select(File.ReadAllText));
            Assert.Contains("api_key_created", files, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret(key), files, StringComparison.Ordinal);
        }

        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select (select string_agg(k::text, '') from observability.api_keys k) || (select string_agg(e::text, '') from observability.audit_events e)", connection);
        Assert.DoesNotContain(Secret(key), (string)(await command.ExecuteScalarAsync())!, StringComparison.Ordinal);

        static string Secret(string key) => key[^20..];
    }

    [Fact]
    public async Task Bearer_and_header_are_the_same_and_two_keys_or_another_scheme_are_refused()
    {
        await using var service = await StartAsync();
        var key = await service.KeyAsync("reader");

        Assert.Equal(HttpStatusCode.OK, await SendAsync(("Authorization", $"Bearer {key}")));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(("authorization", $"bearer {key}")));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(("Authorization", $"Basic {key}")));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(("Authorization", $"Bearer {key}"), ("X-Api-Key", key)));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(("X-Api-Key", key + "x")));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(("X-Api-Key", "ragk_" + new string('x', 10_000))));

        async Task<HttpStatusCode> SendAsync(params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/documents");
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
            using var response = await service.Client.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task While_the_database_is_down_known_keys_work_and_others_are_told_to_try_again()
    {
        await using var service = await StartAsync();
        var (known, unknown) = (await service.KeyAsync("reader"), await service.KeyAsync("reader"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, known));
        await postgres.Server.StopAsync();
        try
        {
            await Task.Delay(600);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, known));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(service, unknown));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, AccessService.AdminKey));
        }
        finally
        {
            await postgres.Server.StartAgainAsync();
        }

        await Eventually.IsTrueAsync(() => StatusAsync(service, unknown).GetAwaiter().GetResult() == HttpStatusCode.OK, "The key did not come back with the database.");
    }

    [Fact]
    public async Task Guessing_from_one_address_stops_asking_the_database_and_shuts_out_nobody_who_is_known()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var service = await StartAsync(time);
        var (known, unknown) = (await service.KeyAsync("reader"), await service.KeyAsync("reader"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, known));
        for (var i = 0; i < 601; i++) Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, ApiKeyText.Create().Key));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(service, ApiKeyText.Create().Key));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, known));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(service, unknown));
        // Who is turned away and comes again does not prolong it.
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 700; i++) await StatusAsync(service, unknown);
            time.Advance(TimeSpan.FromSeconds(50));
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, unknown));
    }

    [Fact]
    public async Task A_wrong_method_is_405_for_whoever_may_read()
    {
        await using var service = await StartAsync();
        using var response = await service.SendAsync("PATCH", "/documents", await service.KeyAsync("reader"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"","role":"reader"}""")]
    [InlineData("""{"name":"x","role":"root"}""")]
    [InlineData("""{"name":"x","role":"public"}""")]
    [InlineData("""{"name":"x","role":"reader","expires_in_days":0}""")]
    [InlineData("""{"name":"x","role":"reader","requests_per_minute":0}""")]
    [InlineData("""{"name":"a\u0000b","role":"reader"}""")]
    public async Task What_makes_no_sense_is_refused(string body)
    {
        await using var service = await StartAsync();
        using var response = await service.SendAsync("POST", "/keys", AccessService.AdminKey, JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public void Keys_are_random_and_read_back()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => ApiKeyText.Create()).ToList();
        Assert.Equal(100, keys.Select(key => key.Key).Distinct(StringComparer.Ordinal).Count());
        Assert.All(keys, key => Assert.Equal(key.Id, ApiKeyText.IdOf(key.Key)));
        Assert.All(new[] { "", "ragk_", "ragk__", "ragk_XYZ_a", "sk-0123456789ab_x", "ragk_0123456789ab" }, text => Assert.Null(ApiKeyText.IdOf(text)));
    }

    private async Task<AccessService> StartAsync(TimeProvider? time = null) =>
        await AccessService.StartAsync(postgres.Server.ConnectionString(await postgres.CreateDatabaseAsync()), time: time);

    private static async Task<HttpStatusCode> StatusAsync(AccessService service, string key)
    {
        using var response = await service.SendAsync("GET", "/documents", key);
        return response.StatusCode;
    }
}
