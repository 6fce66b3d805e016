using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Rag.Observability.Errors;
using Rag.Observability.Errors.Http;
using Rag.Observability.ErrorTracking;
using Rag.Observability.ErrorTracking.Forwarding;
using Rag.Tests.Support;
using Rag.Tests.Unit.Errors;

namespace Rag.Tests.Unit.ErrorTracking;

public sealed class SentryForwarderTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<(HttpRequestMessage Request, byte[] Body)> _received = new();
    private HttpStatusCode _answer = HttpStatusCode.OK;

    [Theory]
    [InlineData("https://abc@o1.ingest.sentry.io/42", "https://o1.ingest.sentry.io/api/42/envelope/", "abc")]
    [InlineData("http://abc:def@localhost:9000/prefix/7", "http://localhost:9000/prefix/api/7/envelope/", "abc")]
    public void A_dsn_says_where_and_as_whom(string dsn, string envelopes, string key) => Assert.Equal(new SentryDsn(new Uri(envelopes), key), SentryDsn.Parse(dsn));

    [Theory]
    [InlineData("nonsense")]
    [InlineData("https://sentry.io/42")]
    [InlineData("https://hunter2@sentry.io/")]
    public void What_is_no_dsn_is_refused_and_not_repeated(string dsn) =>
        Assert.DoesNotContain("hunter2", Assert.Throws<InvalidOperationException>(() => SentryDsn.Parse(dsn)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_event_is_an_envelope_of_three_lines_with_the_right_length()
    {
        await SendAsync(Batch("id-1"), expected: 1);

        Assert.True(_received.TryDequeue(out var sent));
        Assert.Equal(new Uri("http://sentry.local/api/42/envelope/"), sent.Request.RequestUri);
        Assert.Contains("sentry_key=abc", Assert.Single(sent.Request.Headers.GetValues("X-Sentry-Auth")), StringComparison.Ordinal);

        var lines = Encoding.UTF8.GetString(sent.Body).Split('\n');
        Assert.Equal("id-1", (string?)JsonNode.Parse(lines[0])!["event_id"]);
        var item = JsonNode.Parse(lines[1])!;
        Assert.Equal("event", (string?)item["type"]);
        Assert.Equal(Encoding.UTF8.GetByteCount(lines[2]), (int)item["length"]!);
        var payload = JsonNode.Parse(lines[2])!;
        Assert.Equal(
            ("id-1", "csharp", "error", "1.2.3", "Test", "GET /x", "v1:abc", "System.IO.IOException", "grüße"),
            ((string?)payload["event_id"], (string?)payload["platform"], (string?)payload["level"], (string?)payload["release"], (string?)payload["environment"],
             (string?)payload["transaction"], (string?)payload["fingerprint"]![0], (string?)payload["exception"]!["values"]![0]!["type"],
             (string?)payload["exception"]!["values"]![0]!["value"]));
        Assert.EndsWith("Z", (string)payload["timestamp"]!, StringComparison.Ordinal);
        Assert.Equal([string.Empty], lines[3..]);
    }

    [Fact]
    public async Task When_sentry_is_down_or_asks_to_wait_nothing_fails_and_nothing_piles_up()
    {
        _answer = HttpStatusCode.TooManyRequests;
        using var forwarder = Forwarder();
        await forwarder.StartAsync(default);
        for (var i = 0; i < 1000; i++) forwarder.Forward(Batch(i.ToString(CultureInfo.InvariantCulture)));
        await Eventually.IsTrueAsync(() => _received.Count == 1 && _time.ActiveTimers == 1, "It did not wait.");

        _answer = HttpStatusCode.OK;
        _time.Advance(TimeSpan.FromSeconds(60));

        await Eventually.IsTrueAsync(() => _received.Any(r => Encoding.UTF8.GetString(r.Body).Contains("\"999\"", StringComparison.Ordinal)), "The newest was not sent.");
        Assert.InRange(_received.Count, 1, 25);
        await forwarder.StopAsync(default);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [Trait("Seed", "T11")]
    public void An_empty_dsn_sends_nothing_to_anyone(string? dsn)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:rag"] = "Host=127.0.0.1";
        builder.Configuration["ErrorTracking:SentryDsn"] = dsn;

        builder.AddErrorTracking();

        Assert.DoesNotContain(builder.Services, s => s.ServiceType == typeof(SentryForwarder));
    }

    [Fact]
    [Trait("Seed", "S14")]
    public async Task A_listening_receiver_gets_the_error_of_a_request_in_the_envelope_format_and_redacted()
    {
        await using var receiver = await SentryReceiver.StartAsync();
        using var spool = new TemporaryFolder();
        await using var service = await SampleService.StartAsync(
            map: app =>
            {
                app.UseRagErrors();
                app.MapGet("/bug", IResult () => throw new InvalidOperationException("bug with password=hunter2 – grüße"));
            },
            settings: new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["ConnectionStrings:rag"] = "Host=127.0.0.1;Port=1;Database=x;Username=x;Timeout=2",
                ["Spool:Folder"] = spool,
                ["ErrorTracking:FlushInterval"] = "00:00:00.050",
                ["ErrorTracking:SentryDsn"] = receiver.Dsn,
            });

        var problem = await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/bug"), HttpStatusCode.InternalServerError, "INTERNAL_ERROR");
        await Eventually.IsTrueAsync(() => !receiver.Events.IsEmpty || !receiver.Mistakes.IsEmpty, "Nothing was received.");

        Assert.Empty(receiver.Mistakes);
        var sent = Assert.Single(receiver.Events);
        Assert.Equal((string?)problem["error"]!["details"]!["error_id"], (string?)sent["event_id"]);
        Assert.Equal("GET /bug", (string?)sent["transaction"]);
        Assert.Equal((string?)problem["request_id"], (string?)sent["tags"]!["request_id"]);
        Assert.Contains("grüße", (string?)sent["exception"]!["values"]![0]!["value"], StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", sent.ToJsonString(), StringComparison.Ordinal);
    }

    private async Task SendAsync(ErrorBatch batch, int expected)
    {
        using var forwarder = Forwarder();
        await forwarder.StartAsync(default);
        forwarder.Forward(batch);
        await Eventually.IsTrueAsync(() => _received.Count == expected, "Nothing was sent.");
        await forwarder.StopAsync(default);
    }

    private SentryForwarder Forwarder()
    {
        var services = new ServiceCollection();
        services.AddHttpClient(SentryForwarder.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => new StubHandler(async (request, token) =>
        {
            _received.Enqueue((request, await request.Content!.ReadAsByteArrayAsync(token)));
            return new HttpResponseMessage(_answer);
        }));
        return new SentryForwarder(
            SentryDsn.Parse("http://abc@sentry.local/42"), services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>(), _time, NullLogger<SentryForwarder>.Instance);
    }

    private ErrorBatch Batch(string id) => new(Guid.NewGuid(), "api", "1.2.3", "Test", [new ErrorDelta
    {
        Fingerprint = "v1:abc",
        Reason = "because",
        Title = "title",
        Type = "System.IO.IOException",
        Category = ErrorCategory.Internal,
        Severity = ErrorSeverity.High,
        FirstAt = _time.GetUtcNow(),
        LastAt = _time.GetUtcNow(),
        Samples = { new ErrorEvent(id, _time.GetUtcNow(), "grüße", "stack", "GET /x", null, null, null, ErrorSource.Request) },
    }]);
}
