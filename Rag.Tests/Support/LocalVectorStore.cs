using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Qdrant.Local;

namespace Rag.Tests.Support;

/// <summary>The local vector store in this process, on a free loopback port, with a data folder that goes with it. It can be stopped and started on the same port.</summary>
internal sealed class LocalVectorStore : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rag-vectors-").FullName;
    private WebApplication? _app;

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public string ConnectionString => $"Endpoint={Address}";

    public static async Task<LocalVectorStore> StartAsync()
    {
        var store = new LocalVectorStore();
        await store.StartAgainAsync();
        return store;
    }

    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateBuilder(["--urls", Address.GetLeftPart(UriPartial.Authority), "--Storage:Path", _folder]);
        builder.Logging.ClearProviders();
        builder.AddQdrant();
        _app = builder.Build();
        _app.MapQdrant();
        await _app.StartAsync();
        Address = new Uri(_app.Urls.Single());
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
        Directory.Delete(_folder, recursive: true);
    }
}
