using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.ServiceDefaults;

public sealed class OtlpExportTests
{
    private const int FlushMs = 5000;

    [Fact]
    [Trait("Seed", "D12")]
    public async Task Traces_metrics_and_logs_arrive_over_http()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await SampleService.StartAsync(
            map: app => app.MapGet("/work", () => "done"), settings: receiver.Settings);
        await service.Client.GetAsync("/work");

        // The span of the request ends, and its duration is measured, a moment after the client has the answer.
        await Eventually.IsTrueAsync(
            () =>
            {
                service.Services.GetRequiredService<TracerProvider>().ForceFlush(FlushMs);
                service.Services.GetRequiredService<MeterProvider>().ForceFlush(FlushMs);
                service.Services.GetRequiredService<LoggerProvider>().ForceFlush(FlushMs);
                return Has("/v1/traces", "GET /work") && Has("/v1/metrics", "http.server.request.duration") && Has("/v1/logs", "sample-service");
            },
            () => $"Only {string.Join(", ", receiver.Bodies.Select(body => $"{body.Key} ({body.Value.Length})"))} arrived.");

        bool Has(string path, string text) => receiver.Bodies.GetValueOrDefault(path, "").Contains(text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Seed", "D12")]
    public async Task What_waits_for_its_batch_is_exported_when_the_service_stops()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        // No batch is sent by itself in the time of a test.
        var settings = new Dictionary<string, string?>(receiver.Settings, StringComparer.Ordinal) { ["OTEL_BSP_SCHEDULE_DELAY"] = "600000", ["OTEL_BLRP_SCHEDULE_DELAY"] = "600000" };
        await using var service = await SampleService.StartAsync(map: app => app.MapGet("/work", () => "done"), settings: settings);
        await service.Client.GetAsync("/work");
        await service.SpanAsync(span => span.DisplayName == "GET /work");
        Assert.DoesNotContain("/v1/traces", receiver.Bodies.Keys);
        await service.StopAsync();

        // A stopping service gets a bounded time for this: what it sent in that time has arrived now or is about to.
        await Eventually.IsTrueAsync(() => receiver.Bodies.GetValueOrDefault("/v1/traces", "").Contains("GET /work", StringComparison.Ordinal), "The span was not exported.");
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_exported_and_spans_still_exist()
    {
        await using var service = await SampleService.StartAsync(map: app => app.MapGet("/work", () => "done"));

        await service.Client.GetAsync("/work");

        Assert.NotNull(await service.SpanAsync(s => s.DisplayName == "GET /work"));
    }

    [Fact]
    public async Task A_receiver_that_is_gone_fails_no_request_and_holds_up_no_stop()
    {
        await using var service = await SampleService.StartAsync(
            map: app => app.MapGet("/work", () => "done"), settings: OtlpReceiver.SettingsFor("http://127.0.0.1:1"));

        for (var i = 0; i < 50; i++) Assert.Equal("done", await service.Client.GetStringAsync("/work"));

        await service.StopAsync().WaitAsync(TimeSpan.FromSeconds(5));
    }
}
