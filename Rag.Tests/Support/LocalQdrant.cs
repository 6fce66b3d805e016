using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Qdrant.Local;

namespace Rag.Tests.Support;

/// <summary>A vector store in this process, on a loopback port that it keeps over restarts, with a folder that goes with it.</summary>
internal sealed class LocalQdrant : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"rag-tests-qdrant-{Guid.NewGuid():N}");
    private WebApplication? _app;
    private string _address = "http://127.0.0.1:0";

    public string ConnectionString => $"Endpoint={_address}";

    public static async Task<LocalQdrant> StartAsync()
    {
        var server = new LocalQdrant();
        await server.StartAgainAsync();
        return server;
    }

    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["urls"] = _address, ["Storage:Path"] = _folder });
        builder.Logging.ClearProviders();
        builder.AddQdrant();
        _app = builder.Build();
        _app.MapQdrant();
        await _app.StartAsync();
        _address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async Task StopAsync()
    {
        if (_app is null) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
