using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Rag.Tests.Support;

/// <summary>A service of the house in this process: Kestrel on a free loopback port, with the service defaults and the endpoints that a test gives it.</summary>
internal sealed class SampleService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SpanCollector _spans = new();

    private SampleService(Action<WebApplicationBuilder>? configure, Action<WebApplication>? map, IEnumerable<KeyValuePair<string, string?>>? settings, string environment)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(Logs);
        builder.Logging.SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.Services.ConfigureOpenTelemetryTracerProvider((_, tracing) => tracing.AddProcessor(_spans));
        configure?.Invoke(builder);

        _app = builder.Build();
        map?.Invoke(_app);
        _app.MapDefaultEndpoints();
    }

    public LogCollector Logs { get; } = new();

    public IServiceProvider Services => _app.Services;

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>
    /// Spans that have ended; the server's span ends a moment after the client has its answer.
    /// Sources are the process's, so the server spans of tests that run at the same time are left out by their port.
    /// </summary>
    public IReadOnlyList<Activity> Spans =>
        [.. _spans.Ended.Where(s => s.Kind != ActivityKind.Server || s.GetTagItem("server.port") is not int port || port == Client.BaseAddress!.Port)];

    public static async Task<SampleService> StartAsync(
        Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null, IEnumerable<KeyValuePair<string, string?>>? settings = null,
        string? environment = null)
    {
        var service = new SampleService(configure, map, settings, environment ?? Environments.Production);
        await service._app.StartAsync();
        service.Client.BaseAddress = new Uri(
            service._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return service;
    }

    /// <summary>The first ended span of a request to this service that fits, waiting for it for a bounded time. Spans of other tests, which are heard too, do not count.</summary>
    public Task<Activity> SpanAsync(Func<Activity, bool> fits) =>
        Eventually.GetAsync(
            () => Spans.FirstOrDefault(s => s.Kind == ActivityKind.Server && Equals(s.GetTagItem("server.port"), Client.BaseAddress!.Port) && fits(s)), "The span did not come.");

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class SpanCollector : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Ended { get; } = new();

        public override void OnEnd(Activity data) => Ended.Enqueue(data);
    }
}
