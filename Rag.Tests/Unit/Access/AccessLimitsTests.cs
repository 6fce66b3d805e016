using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Observability.Access;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Access;

/// <summary>Development, limits, headers, and what the audit trail and the log know afterwards.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class AccessLimitsTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Development_knows_a_developer_unless_keys_are_required_and_refuses_wrong_keys_all_the_same()
    {
        await using (var open = await AccessService.StartAsync(null, Environments.Development))
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(open, "/documents", null));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(open, "/unlisted", null));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(open, "/documents", "wrong"));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(open, "/nothing", null));
        }

        await using var closed = await AccessService.StartAsync(null, Environments.Development, new Dictionary<string, string?> { ["Auth:Required"] = "true" });
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(closed, "/documents", null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(closed, "/documents", AccessService.AdminKey));
    }

    [Fact]
    public async Task Outside_development_nobody_can_leave_the_door_open() =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => AccessService.StartAsync(null, settings: new Dictionary<string, string?> { ["Auth:Required"] = "false" }));

    [Fact]
    public async Task One_request_too_many_is_429_and_the_answers_before_it_said_how_many_are_left()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var service = await AccessService.StartAsync(postgres.Server.ConnectionString(await postgres.CreateDatabaseAsync()), time: time);
        var (key, other) = (await service.KeyAsync("reader", requestsPerMinute: 3), await service.KeyAsync("reader", requestsPerMinute: 3));
        for (var left = 2; left >= 0; left--)
        {
            using var response = await service.SendAsync("GET", "/documents", key);
            Assert.Equal((HttpStatusCode.OK, "3", $"{left}"), (response.StatusCode, Header(response, "RateLimit-Limit"), Header(response, "RateLimit-Remaining")));
        }

        using var refused = await service.SendAsync("GET", "/documents", key);
        Assert.Equal((HttpStatusCode.TooManyRequests, "20", "0"), (refused.StatusCode, Header(refused, "Retry-After"), Header(refused, "RateLimit-Remaining")));
        Assert.Equal("60", Header(refused, "RateLimit-Reset"));
        Assert.Equal("RATE_LIMITED", JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, "/documents", other));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, "/alive", key));

        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, "/documents", key));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(service, "/documents", key));
    }

    [Fact]
    public async Task Answers_carry_security_headers_and_none_for_other_origins()
    {
        await using var service = await AccessService.StartAsync(null, Environments.Development);
        foreach (var path in new[] { "/documents", "/nothing", "/alive" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Origin", "https://evil.example");
            using var response = await service.Client.SendAsync(request);
            Assert.Equal(("nosniff", "DENY", "no-referrer"), (Header(response, "X-Content-Type-Options"), Header(response, "X-Frame-Options"), Header(response, "Referrer-Policy")));
            Assert.Contains("frame-ancestors 'none'", Header(response, "Content-Security-Policy"), StringComparison.Ordinal);
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.False(response.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task Times_are_limited()
    {
        await using var service = await AccessService.StartAsync(null, Environments.Development, new Dictionary<string, string?> { ["Auth:RequestTimeout"] = "00:00:00.2" });

        Assert.Equal(HttpStatusCode.GatewayTimeout, await StatusAsync(service, "/slow", null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, "/documents", null));
        // The long limit is the default of five minutes.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, "/long", null));
    }

    [Fact]
    public async Task Attempts_denials_and_data_access_are_in_the_audit_trail_with_the_request_id()
    {
        await using var service = await AccessService.StartAsync(postgres.Server.ConnectionString(await postgres.CreateDatabaseAsync()));
        var reader = await service.KeyAsync("reader");
        for (var i = 0; i < 6; i++) await StatusAsync(service, "/documents", "ragk_0123456789ab_wrong");
        await StatusAsync(service, "/keys", reader);
        await StatusAsync(service, "/documents/d-1", reader);
        await StatusAsync(service, "/documents/d-2", reader);

        var events = new List<JsonElement>();
        await Eventually.IsTrueAsync(
            () =>
            {
                events = [.. service.JsonAsync("GET", "/audit?limit=100", AccessService.AdminKey).GetAwaiter().GetResult().GetProperty("events").EnumerateArray().Select(e => e.GetProperty("event"))];
                return events.Count(e => e.GetProperty("kind").GetString() == "data_access" && e.GetProperty("resource").GetString()!.StartsWith("document/", StringComparison.Ordinal)) == 2;
            },
            "The events did not come.");

        Assert.Equal(6, events.Count(e => Is(e, "authentication_attempt", "failure")));
        Assert.Single(events, e => Is(e, "authentication_attempt", "success") && e.GetProperty("actor").GetString() == reader.Split('_')[1]);
        Assert.Single(events, e => e.GetProperty("kind").GetString() == "authorization_failure" && e.GetProperty("resource").GetString() == "/keys/");
        Assert.Contains(events, e => e.GetProperty("kind").GetString() == "suspicious_activity" && e.GetProperty("action").GetString() == "repeated_failed_keys");
        Assert.Contains(events, e => Is(e, "system_change", "success") && e.GetProperty("action").GetString() == "api_key_created");
        Assert.All(events, e => Assert.Equal(32, e.GetProperty("request_id").GetString()!.Length));
        Assert.Equal("intact", (await service.JsonAsync("GET", "/audit/verify", AccessService.AdminKey)).GetProperty("status").GetString());

        static bool Is(JsonElement e, string kind, string outcome) => e.GetProperty("kind").GetString() == kind && e.GetProperty("outcome").GetString() == outcome;
    }

    [Fact]
    public async Task Log_levels_are_changed_by_the_endpoint_and_audited()
    {
        await using var service = await AccessService.StartAsync(null, Environments.Development);
        var logger = service.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Rag.Core.Jobs");
        Assert.False(logger.IsEnabled(LogLevel.Trace));

        var changed = await service.JsonAsync("PUT", "/debug/log-levels", null, new { category = "Rag.Core", level = "trace", minutes = 5 });
        Assert.True(logger.IsEnabled(LogLevel.Trace));
        Assert.Equal("Trace", changed.GetProperty("level").GetString());
        Assert.Single((await service.JsonAsync("GET", "/debug/log-levels")).GetProperty("levels").EnumerateArray());
        foreach (var body in new object[] { new { category = "a b", level = "Debug" }, new { category = "A", level = "Loud" }, new { category = "A", level = "7" }, new { category = "A", level = "Debug", minutes = 100_000 } })
        {
            using var refused = await service.SendAsync("PUT", "/debug/log-levels", body: body);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }

        using var restored = await service.SendAsync("DELETE", "/debug/log-levels?category=Rag.Core");
        Assert.Equal(HttpStatusCode.NoContent, restored.StatusCode);
        Assert.False(logger.IsEnabled(LogLevel.Trace));
    }

    [Fact]
    public async Task The_completion_line_of_a_request_knows_its_user()
    {
        await using var service = await AccessService.StartAsync(null);
        await StatusAsync(service, "/documents", AccessService.AdminKey);
        await service.StopAsync();

        await Eventually.IsTrueAsync(
            () => Directory.EnumerateFiles(service.Folder, "application-*.log", SearchOption.AllDirectories).SelectMany(ReadLines)
                .Any(line => line.Contains("request_completed", StringComparison.Ordinal) && line.Contains("\"user_id\":\"admin\"", StringComparison.Ordinal)),
            "No line names the user.");

        static IEnumerable<string> ReadLines(string path)
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd().Split('\n');
        }
    }

    [Fact]
    public void Budgets_stay_bounded_under_any_number_of_callers()
    {
        var time = new FakeTimeProvider();
        var budgets = new RequestBudgets(time);
        for (var i = 0; i < 60_000; i++) Assert.True(budgets.Take($"{i}", 1).IsGranted);
        Assert.False(budgets.Take("59999", 1).IsGranted);
    }

    private static async Task<HttpStatusCode> StatusAsync(AccessService service, string path, string? key)
    {
        using var response = await service.SendAsync("GET", path, key);
        return response.StatusCode;
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(',', response.Headers.GetValues(name));
}
