using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rag.Monitor.Targets;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Monitor;

public sealed class HealthScraperTests
{
    private static readonly Target Api = new("rag-api", new Uri("http://api/health"));
    private static readonly Target Worker = new("embedding-worker", new Uri("http://worker/health"));

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(HttpStatusCode.OK, """{"status":"healthy","checks":{"postgres":{"status":"healthy"},"qdrant":{"status":"degraded"}}}""", HealthStatus.Healthy, "postgres healthy, qdrant degraded")]
    [InlineData(HttpStatusCode.ServiceUnavailable, """{"checks":{"postgres":{"status":"unhealthy"}}}""", HealthStatus.Unhealthy, "postgres unhealthy")]
    [InlineData(HttpStatusCode.OK, """{"status":"degraded"}""", HealthStatus.Healthy, "degraded")]
    [InlineData(HttpStatusCode.OK, "[]", HealthStatus.Healthy, "answered 200")]
    [InlineData(HttpStatusCode.OK, "all shards are ready", HealthStatus.Healthy, "answered 200")]
    [InlineData(HttpStatusCode.OK, """{"checks":5}""", HealthStatus.Healthy, "answered 200")]
    [InlineData(HttpStatusCode.OK, """{"checks":{"a":5}}""", HealthStatus.Healthy, "answered 200")]
    [InlineData(HttpStatusCode.InternalServerError, "<html>", HealthStatus.Unhealthy, "answered 500")]
    public async Task Remembers_what_a_target_says(HttpStatusCode status, string body, HealthStatus expected, string description)
    {
        using var scraper = Scraper((_, _) => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) }), Api);

        await scraper.ScrapeAsync(CancellationToken.None);

        Assert.Equal(new TargetHealth(expected, description), scraper["rag-api"]);
    }

    [Fact]
    public async Task A_target_that_refuses_does_not_hide_the_others()
    {
        using var scraper = Scraper(
            (request, _) => request.RequestUri == Api.HealthUrl
                ? throw new HttpRequestException(HttpRequestError.ConnectionError)
                : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)),
            Api,
            Worker);

        await scraper.ScrapeAsync(CancellationToken.None);

        Assert.Equal(new TargetHealth(HealthStatus.Unhealthy, "unreachable: ConnectionError"), scraper["rag-api"]);
        Assert.Equal(HealthStatus.Healthy, scraper["embedding-worker"].Status);
    }

    [Fact]
    public async Task A_silent_target_counts_as_unreachable_when_the_time_is_up()
    {
        using var scraper = Scraper(
            async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                return new HttpResponseMessage();
            },
            Api);

        var round = scraper.ScrapeAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(round.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await round.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(new TargetHealth(HealthStatus.Unhealthy, "no answer within 3 s"), scraper["rag-api"]);
    }

    [Fact]
    public async Task A_huge_answer_is_not_read_to_its_end()
    {
        using var scraper = Scraper((_, _) => Task.FromResult(new HttpResponseMessage { Content = new ByteArrayContent(new byte[1 << 20]) }), Api);

        await scraper.ScrapeAsync(CancellationToken.None);

        Assert.Equal(HealthStatus.Unhealthy, scraper["rag-api"].Status);
    }

    [Fact]
    public void A_target_that_was_not_asked_yet_is_neither_healthy_nor_down()
    {
        using var scraper = Scraper((_, _) => throw new InvalidOperationException(), Api);

        Assert.Equal(HealthStatus.Degraded, scraper["rag-api"].Status);
    }

    [Fact]
    public void Targets_are_the_services_that_the_configuration_references()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["services:rag-api:http:0"] = "http://127.0.0.1:5080",
            ["services:qdrant:http:0"] = "http://127.0.0.1:6333",
            ["services:mailer:smtp:0"] = "smtp://127.0.0.1:25",
        }).Build();

        var targets = Target.Discover(configuration, new MonitorOptions { HealthPaths = { ["qdrant"] = "/readyz" } });

        Assert.Equal(
            [new Target("qdrant", new Uri("http://127.0.0.1:6333/readyz")), new Target("rag-api", new Uri("http://127.0.0.1:5080/health")) { IsOfThisHouse = true }],
            targets.OrderBy(t => t.Name, StringComparer.Ordinal));
    }

    private HealthScraper Scraper(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer, params Target[] targets) =>
        new(targets, new HttpMessageInvoker(new AnsweringHandler(answer)), Options.Create(new MonitorOptions()), _time, NullLogger<HealthScraper>.Instance);

    private sealed class AnsweringHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer(request, cancellationToken);
    }
}
