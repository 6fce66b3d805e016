using Microsoft.AspNetCore.Builder;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.ServiceDefaults;

public sealed class OtlpExportTests
{
    [Fact]
    [Trait("Seed", "D12")]
    public async Task Traces_metrics_and_logs_arrive_over_http_and_are_flushed_when_the_service_stops()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await SampleService.StartAsync(
            map: app => app.MapGet("/work", () => "done"), settings: receiver.Settings);

        await service.Client.GetAsync("/work");
        await service.StopAsync();

        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], receiver.Bodies.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("GET /work", receiver.Bodies["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", receiver.Bodies["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("sample-service", receiver.Bodies["/v1/logs"], StringComparison.Ordinal);
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
