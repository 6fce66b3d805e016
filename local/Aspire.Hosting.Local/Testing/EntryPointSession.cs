using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>
/// Runs an AppHost's own entry point inside a test: it composes the application, stops before it is built, lets the test change it, and
/// then leaves starting and stopping to the test.
/// </summary>
internal sealed class EntryPointSession(
    Assembly entryPointAssembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings>? configure)
{
    // The only way to reach the CreateBuilder call inside a foreign entry point; it never leaves this session's own flow of execution.
    private static readonly AsyncLocal<EntryPointSession?> Ambient = new();

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _composed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static EntryPointSession? Current => Ambient.Value;

    public Assembly EntryPointAssembly => entryPointAssembly;

    public Task Ended => _ended.Task;

    /// <summary>Starts the entry point and waits until the application is composed.</summary>
    public async Task<DistributedApplicationBuilder> ComposeAsync(CancellationToken cancellationToken)
    {
        var main = entryPointAssembly.EntryPoint
            ?? throw new InvalidOperationException($"The assembly {entryPointAssembly.GetName().Name} has no entry point.");
        var thread = new Thread(() => RunEntryPoint(main)) { IsBackground = true, Name = "AppHost entry point" };
        thread.Start();
        return await _composed.Task.WaitAsync(cancellationToken);
    }

    public async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult();
        return await _built.Task.WaitAsync(cancellationToken);
    }

    public void Configure(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        options.DisableDashboard = true;
        configure?.Invoke(options, settings);
    }

    public void WaitForBuild(DistributedApplicationBuilder builder)
    {
        _composed.TrySetResult(builder);

        // Build() is synchronous in the official API, and this is the entry point's own thread.
        _mayBuild.Task.GetAwaiter().GetResult();
        if (_ended.Task.IsCompleted) throw new OperationCanceledException("The test gave the application up before building it.");
    }

    public void Built(DistributedApplication application) => _built.TrySetResult(application);

    public void End()
    {
        _ended.TrySetResult();
        _mayBuild.TrySetResult();
    }

    private void RunEntryPoint(MethodInfo main)
    {
        Ambient.Value = this;
        try
        {
            var result = main.Invoke(null, main.GetParameters().Length == 0 ? null : [args]);
            Fail(new InvalidOperationException($"The entry point ended{(result is int code ? $" with exit code {code}" : string.Empty)} without building an application."));
        }
        catch (TargetInvocationException e)
        {
            Fail(e.InnerException ?? e);
        }
    }

    private void Fail(Exception reason)
    {
        _composed.TrySetException(reason);
        _built.TrySetException(reason);
    }
}
