using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
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
    public async Task A_service_that_stops_shuts_its_exporters_down_which_sends_what_waits()
    {
        // Whether a receiver gets it in the time that a stopping service has is a matter of the machine; that the exporters are told is not.
        var (spans, lines) = (new Ending<Activity>(), new Ending<LogRecord>());
        await using var service = await SampleService.StartAsync(builder =>
        {
            builder.Services.ConfigureOpenTelemetryTracerProvider((_, tracing) => tracing.AddProcessor(spans));
            builder.Services.ConfigureOpenTelemetryLoggerProvider((_, logging) => logging.AddProcessor(lines));
        });
        Assert.False(spans.IsShutDown || lines.IsShutDown);
        await service.StopAsync();

        Assert.True(spans.IsShutDown && lines.IsShutDown);
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

    private sealed class Ending<T> : BaseProcessor<T>
    {
        public bool IsShutDown { get; private set; }

        protected override bool OnShutdown(int timeoutMilliseconds) => IsShutDown = true;
    }
}
