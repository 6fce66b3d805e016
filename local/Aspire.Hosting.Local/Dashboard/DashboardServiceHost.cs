using System.Net;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>The listener to which the dashboard connects: HTTP/2 without TLS, on loopback only.</summary>
internal sealed class DashboardServiceHost(
    DashboardOptions options,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    ResourceCommandService commands,
    TimeProvider time,
    ILoggerFactory loggerFactory) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _server;

    /// <summary>Begins to listen.</summary>
    /// <returns>The address, with the port that was really taken.</returns>
    /// <exception cref="DistributedApplicationException">The port is taken.</exception>
    public async Task<Uri> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // A stream may be silent for hours in both directions.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, options.ResourceServicePort, listener => listener.Protocols = HttpProtocols.Http2);
        });

        var service = new DashboardService(options.ApplicationName, notifications, loggers, commands);
        var endpoint = new DashboardServiceEndpoint(
            service, options.ResourceServiceApiKey, time, loggerFactory.CreateLogger<DashboardServiceEndpoint>(), _stopping.Token);
        _server = builder.Build();
        _server.Run(endpoint.InvokeAsync);
        try
        {
            await _server.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new DistributedApplicationException(
                $"Port {options.ResourceServicePort} for the dashboard's resource service is taken. Free it, or set ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL to another.", e);
        }

        return new Uri(_server.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        // Streams end first, so that the server has nothing to wait for.
        await _stopping.CancelAsync();
        if (Interlocked.Exchange(ref _server, null) is { } server)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Signals such as Ctrl+C belong to the AppHost, not to a listener inside it.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
