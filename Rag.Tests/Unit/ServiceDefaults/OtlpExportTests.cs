using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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

    private sealed class OtlpReceiver(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentDictionary<string, string> Bodies { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, string?> Settings => SettingsFor(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

        public static Dictionary<string, string?> SettingsFor(string endpoint) => new(StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = "sample-service",
        };

        public static async Task<OtlpReceiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var receiver = new OtlpReceiver(app);
            app.MapPost("/v1/{signal}", async (HttpRequest request) =>
            {
                using var reader = new StreamReader(request.Body);
                var body = await reader.ReadToEndAsync();
                receiver.Bodies.AddOrUpdate(request.Path, body, (_, earlier) => earlier + body);
                return Results.Ok();
            });
            await app.StartAsync();
            return receiver;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
