using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rag.Core.Storage;

namespace Rag.Tests.Support;

/// <summary>The real <c>Program</c> of a service, run in this process on a free loopback port: as it is composed, with PostgreSQL, and without a vector store.</summary>
internal sealed class ComposedService : IAsyncDisposable
{
    public const string AdminKey = "composed-admin-key-0123456789";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly Task _program;
    private readonly IHost _host;

    private ComposedService(string project, string database, string environment, IReadOnlyDictionary<string, string?>? settings)
    {
        string[] arguments =
        [
            "--urls=http://127.0.0.1:0", $"--environment={environment}", $"--applicationName={project}", $"--contentRoot={Path.Combine(Repository.Root, project)}",
            $"--ConnectionStrings:rag={database}", "--ConnectionStrings:qdrant_http=http://127.0.0.1:1", $"--Embeddings:ModelPath={EmbeddingModelFolder.Path}",
            $"--Auth:AdminKey={AdminKey}", "--Logging:Output:Console=false", $"--Logging:Files:Folder={Path.Combine(_folder, "logs")}",
            $"--Audit:Folder={Path.Combine(_folder, "audit")}", $"--Spool:Folder={Path.Combine(_folder, "spool")}",
            .. (settings ?? new Dictionary<string, string?>(StringComparer.Ordinal)).Select(setting => $"--{setting.Key}={setting.Value}"),
        ];
        var entry = Assembly.Load(project).EntryPoint ?? throw new InvalidOperationException($"{project} has no Program.");
        using var built = new BuiltHost();
        _program = Task.Factory.StartNew(() => built.Catch(() => entry.Invoke(null, [arguments])), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Task.WaitAny([built.Host, _program], Limit) != 0) throw new InvalidOperationException($"{project} did not start.", _program.Exception);
        _host = built.Host.Result;
    }

    /// <summary>Everything that the service writes to disk.</summary>
    public string Folder => _folder;

    public HttpClient Client { get; } = new() { Timeout = Limit };

    public IServiceProvider Services => _host.Services;

    /// <summary>Every endpoint that it has mapped.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints => [.. Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>Method and route of everything that the running service answers; an endpoint for any method counts as one for GET and one for POST.</summary>
    public IReadOnlyList<(string Method, string Route)> Routes =>
    [
        .. from endpoint in Endpoints
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]
           select (method, endpoint.RoutePattern.RawText!),
    ];

    /// <param name="project">Name of the service's project.</param>
    /// <param name="database">Connection string.</param>
    /// <param name="environment">By default production.</param>
    /// <param name="settings">Whatever else is configured; wins.</param>
    public static async Task<ComposedService> StartAsync(string project, string database, string? environment = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var service = await Task.Run(() => new ComposedService(project, database, environment ?? Environments.Production, settings));
        var started = service.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted;
        await Eventually.IsTrueAsync(() => started.IsCancellationRequested || service._program.IsCompleted, $"{project} did not start.");
        service.Client.BaseAddress = new Uri(service.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return service;
    }

    /// <summary>Until its tables are there: a service starts without them, and makes them in the background. Returns at once where it has none of its own.</summary>
    public async Task MigratedAsync()
    {
        if (Services.GetService<SchemaReadiness>() is not { } schema) return;
        using var limit = new CancellationTokenSource(Limit);
        await schema.WaitAsync(limit.Token);
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string path, string? key = null, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        return await Client.SendAsync(request);
    }

    /// <summary>Ends the program as Ctrl+C does; its files are there until it is disposed of.</summary>
    public async Task StopAsync()
    {
        if (!_program.IsCompleted) Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _program.WaitAsync(Limit);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync();
        _folder.Dispose();
    }

    /// <summary>Hears of the host that the program builds, as tools do that look into programs; of those of other tests at the same time it hears nothing.</summary>
    private sealed class BuiltHost : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private static readonly AsyncLocal<BuiltHost?> Current = new();

        private readonly TaskCompletionSource<IHost> _host = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly IDisposable _subscription;

        public BuiltHost() => _subscription = DiagnosticListener.AllListeners.Subscribe(this);

        public Task<IHost> Host => _host.Task;

        public void Catch(Action program)
        {
            Current.Value = this;
            program();
        }

        public void OnNext(DiagnosticListener value)
        {
            if (Current.Value == this && value.Name == "Microsoft.Extensions.Hosting") value.Subscribe(this);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (Current.Value == this && value is { Key: "HostBuilt", Value: IHost host }) _host.TrySetResult(host);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _subscription.Dispose();
    }
}
