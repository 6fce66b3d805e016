using System.Collections.Concurrent;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Rag.Tests.Support;
using Xunit.Abstractions;

namespace Rag.Tests.Stack;

/// <summary>The real AppHost on free ports with a data folder of its own, started once for all tests of the collection.</summary>
#pragma warning disable CA1001 // xunit calls DisposeAsync.
public class StackFixture : IAsyncLifetime
#pragma warning restore CA1001
{
    public static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(4);

    private static readonly string[] Resources = ["postgres", "qdrant", "rag-api", "embedding-worker", "rag-monitor"];

    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _logs = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _logReaders = [];
    private readonly string _data = Directory.CreateTempSubdirectory("rag-stack-").FullName;

    public DistributedApplication App { get; private set; } = null!;

    public RagClient Api { get; private set; } = null!;

    /// <summary>Everything that the stack writes to disk.</summary>
    public string DataFolder => _data;

    public HttpClient Monitor { get; private set; } = null!;

    public DashboardTelemetry Telemetry { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        var ports = FreePorts.Take(3);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--data", _data, "--api-port", $"{ports[0]}", "--monitor-port", $"{ports[1]}", "--dashboard-port", $"{ports[2]}"],
            (application, _) => application.DisableDashboard = false,
            timeout.Token);
        Configure(builder);
        App = await builder.BuildAsync(timeout.Token);
        CollectLogs();
        try
        {
            await App.StartAsync(timeout.Token);
            await Task.WhenAll(Resources.Select(r => App.ResourceNotifications.WaitForResourceHealthyAsync(r, timeout.Token)));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"The stack did not become healthy.\n{LogTail(80)}", e);
        }

        Api = new RagClient(App.CreateHttpClient("rag-api"));
        Monitor = App.CreateHttpClient("rag-monitor");
        Telemetry = DashboardTelemetry.Of(App, ports[2]);
    }

    public virtual async Task DisposeAsync()
    {
        Api?.Http.Dispose();
        Monitor?.Dispose();
        await _stop.CancelAsync();
        await App.DisposeAsync();
        await Task.WhenAll(_logReaders);
        _stop.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>Runs a test and, when it fails, prints what every resource last wrote to its console.</summary>
    public async Task RunAsync(ITestOutputHelper output, Func<CancellationToken, Task> test)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            await test(timeout.Token);
        }
        catch
        {
            output.WriteLine(LogTail(60));
            throw;
        }
    }

    /// <summary>What a stack has otherwise than the AppHost composes it.</summary>
    protected virtual void Configure(IDistributedApplicationTestingBuilder builder)
    {
    }

    internal string LogTail(int lines)
    {
        var text = new StringBuilder();
        foreach (var (resource, log) in _logs.OrderBy(l => l.Key, StringComparer.Ordinal))
            text.AppendLine($"--- {resource}").AppendJoin('\n', log.TakeLast(lines)).AppendLine();
        return text.ToString();
    }

    private void CollectLogs()
    {
        foreach (var resource in App.Services.GetRequiredService<DistributedApplicationModel>().Resources) _logs.GetOrAdd(resource.Name, _ => []);
        _logReaders.Add(Task.Run(FollowResourcesAsync));
    }

    /// <summary>A console belongs to an instance of a resource, and instances get their names only when they are started.</summary>
    private async Task FollowResourcesAsync()
    {
        var readers = new Dictionary<string, Task>(StringComparer.Ordinal);
        try
        {
            await foreach (var change in App.ResourceNotifications.WatchAsync(_stop.Token))
            {
                if (!readers.ContainsKey(change.ResourceId)) readers.Add(change.ResourceId, FollowConsoleAsync(change.ResourceId, _logs.GetOrAdd(change.Resource.Name, _ => [])));
            }
        }
        catch (OperationCanceledException)
        {
        }

        await Task.WhenAll(readers.Values);
    }

    private async Task FollowConsoleAsync(string instance, ConcurrentQueue<string> log)
    {
        try
        {
            await foreach (var batch in App.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(instance).WithCancellation(_stop.Token))
                foreach (var line in batch) log.Enqueue(line.Content);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
