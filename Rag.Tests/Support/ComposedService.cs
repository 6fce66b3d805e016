using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Rag.Tests.Support;

/// <summary>
/// A service as its own Program composes it, in this process: the entry point runs on a thread of its own, and the host that it builds is caught by the event that the
/// hosting library raises for such purposes.
/// </summary>
internal sealed class ComposedService : IAsyncDisposable, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <summary>Hosts of tests that run at the same time raise the same event.</summary>
    private static readonly AsyncLocal<ComposedService?> Current = new();

    private readonly TaskCompletionSource<IHost> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _subscriptions = [];
    private readonly Thread _main;
    private IHost? _host;

    private ComposedService(Assembly service, IReadOnlyDictionary<string, string> settings)
    {
        var name = service.GetName().Name!;
        string[] args =
        [
            "--environment=Development", "--urls=http://127.0.0.1:0", $"--applicationName={name}", $"--contentRoot={Path.Combine(Repository.Root, name)}",
            "--Logging:Output:Console=false", $"--Logging:Files:Folder={Path.Combine(_folder, "logs")}", $"--Spool:Folder={Path.Combine(_folder, "spool")}",
            $"--Audit:Folder={Path.Combine(_folder, "audit")}", .. settings.Select(setting => $"--{setting.Key}={setting.Value}"),
        ];
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        _main = new Thread(() => Run(service.EntryPoint!, args)) { IsBackground = true, Name = name };
    }

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public IServiceProvider Services => _host!.Services;

    /// <summary>Every endpoint that it has mapped.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints => [.. Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <param name="service">An assembly with an entry point.</param>
    /// <param name="settings">By their names in the configuration.</param>
    public static async Task<ComposedService> StartAsync(Assembly service, IReadOnlyDictionary<string, string> settings)
    {
        var composed = new ComposedService(service, settings);
        composed._main.Start();
        composed._host = await composed._built.Task.WaitAsync(StartLimit);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (composed.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(started.SetResult)) await started.Task.WaitAsync(StartLimit);
        composed.Client.BaseAddress = new Uri(composed.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return composed;
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        _host?.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        _main.Join(StartLimit);
        foreach (var subscription in _subscriptions) subscription.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting" && ReferenceEquals(Current.Value, this)) _subscriptions.Add(value.Subscribe(this));
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: "HostBuilt", Value: IHost host } && ReferenceEquals(Current.Value, this)) _built.TrySetResult(host);
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    private void Run(MethodInfo main, string[] args)
    {
        Current.Value = this;
        try
        {
            main.Invoke(null, [args]);
            _built.TrySetException(new InvalidOperationException("The entry point ended without a host."));
        }
        catch (TargetInvocationException failure)
        {
            _built.TrySetException(failure.InnerException ?? failure);
        }
    }
}
