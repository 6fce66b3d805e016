using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Rag.Observability.Health;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.ServiceDefaults;

public sealed class HealthEndpointTests
{
    [Fact]
    public async Task Each_endpoint_runs_its_own_checks()
    {
        await using var service = await StartAsync(checks => checks
            .AddCheck("db", () => HealthCheckResult.Unhealthy("gone"), [HealthTags.Ready])
            .AddCheck("vectors", () => HealthCheckResult.Degraded("slow")));

        var (healthStatus, health) = await GetAsync(service, "/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, healthStatus);
        Assert.Equal("unhealthy", (string?)health["status"]);
        Assert.Equal(["self", "circuit_breakers", "db", "vectors"], health["checks"]!.AsObject().Select(c => c.Key));
        Assert.Equal("gone", (string?)health["checks"]!["db"]!["description"]);
        Assert.True((double)health["checks"]!["db"]!["duration_ms"]! >= 0);
        Assert.Equal("degraded", (string?)health["checks"]!["vectors"]!["status"]);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, "/alive")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync(service, "/ready")).Status);
    }

    [Fact]
    [Trait("Seed", "M16")]
    public async Task Degraded_is_200_and_unhealthy_is_503()
    {
        var status = HealthCheckResult.Degraded();
        await using var service = await StartAsync(checks => checks.AddCheck("x", () => status));

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, "/health")).Status);
        status = HealthCheckResult.Unhealthy();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync(service, "/health")).Status);
    }

    [Fact]
    public async Task A_check_that_hangs_and_ignores_its_token_holds_nothing_up()
    {
        var never = new TaskCompletionSource<HealthCheckResult>();
        await using var service = await StartAsync(checks => checks
            .AddAsyncCheck("stuck", () => never.Task, timeout: TimeSpan.FromMilliseconds(50)));

        var (status, body) = await GetAsync(service, "/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("no answer within 0.05 s", (string?)body["checks"]!["stuck"]!["description"]);
    }

    [Fact]
    public async Task A_check_that_throws_shows_no_exception_text()
    {
        await using var service = await StartAsync(checks => checks
            .AddCheck("db", () => throw new InvalidOperationException("password=hunter2")));

        var (_, body) = await GetAsync(service, "/health");

        Assert.Equal("failed with InvalidOperationException", (string?)body["checks"]!["db"]!["description"]);
    }

    [Fact]
    public async Task Checks_run_at_the_same_time()
    {
        var both = new Barrier(2);
        await using var service = await StartAsync(checks => checks
            .AddCheck("a", Meet).AddCheck("b", Meet));

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, "/health")).Status);

        HealthCheckResult Meet() => both.SignalAndWait(TimeSpan.FromSeconds(2)) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("alone");
    }

    [Fact]
    public async Task Health_requests_leave_no_span()
    {
        await using var service = await SampleService.StartAsync(map: app => app.MapGet("/work", () => "done"));

        await service.Client.GetAsync("/health");
        await service.Client.GetAsync("/work");
        await service.SpanAsync(s => s.DisplayName == "GET /work");

        Assert.DoesNotContain(service.Spans, s => s.DisplayName.Contains("health", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Outside_development_strangers_learn_the_status_and_no_more()
    {
        await using var service = await StartAsync(checks => checks.AddCheck("db", () => HealthCheckResult.Unhealthy("gone")), Environments.Production);
        foreach (var (path, status, text) in new[] { ("/health", HttpStatusCode.ServiceUnavailable, "unhealthy"), ("/alive", HttpStatusCode.OK, "healthy"), ("/ready", HttpStatusCode.OK, "healthy") })
        {
            var answer = await GetAsync(service, path);
            Assert.Equal(status, answer.Status);
            Assert.Equal([KeyValuePair.Create("status", text)], answer.Body.Select(member => KeyValuePair.Create(member.Key, (string)member.Value!)));
        }
    }

    private static Task<SampleService> StartAsync(Action<IHealthChecksBuilder> add, string? environment = null) =>
        SampleService.StartAsync(builder => add(builder.Services.AddHealthChecks()), environment: environment ?? Environments.Development);

    private static async Task<(HttpStatusCode Status, JsonObject Body)> GetAsync(SampleService service, string path)
    {
        using var response = await service.Client.GetAsync(path);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject());
    }
}
