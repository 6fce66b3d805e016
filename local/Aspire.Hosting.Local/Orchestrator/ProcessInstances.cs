using System.Collections.Immutable;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestrator;

/// <summary>All processes of the application, and the two streams in which the orchestrator tells about them.</summary>
internal sealed partial class ProcessInstances(
    DcpHost dcp,
    DistributedApplicationModel model,
    DistributedApplicationOptions options,
    ResourceLoggerService loggers,
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    ILoggerFactory loggerFactory,
    ILogger<ProcessInstances> logger) : IDisposable
{
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz";
    private ImmutableDictionary<string, ProcessInstance> _byName = ImmutableDictionary<string, ProcessInstance>.Empty;

    public IEnumerable<ProcessInstance> Of(IResource resource) => _byName.Values.Where(i => ReferenceEquals(i.Resource, resource));

    /// <summary>Names the instances of every resource that has a process.</summary>
    public void Create()
    {
        foreach (var resource in model.Resources.Where(r => r is ProjectResource or ExecutableResource))
        {
            // The suffix is also the service.instance.id of the telemetry, by which the dashboard ties both together.
            var names = Enumerable.Range(0, resource.GetReplicaCount())
                .Select(index => new DcpInstance($"{resource.Name}-{RandomNumberGenerator.GetString(Alphabet, 8)}", index))
                .ToImmutableArray();
            resource.Annotations.Add(new DcpInstancesAnnotation(names));
            LifecycleCommands.AddTo(
                resource,

                // Who closes the browser meanwhile does not take the start back.
                start: (id, _) => _byName[id].StartAsync(waitForDependencies: false, lifetime.ApplicationStopping),
                stop: (id, cancellationToken) => _byName[id].StopAsync(cancellationToken));
            _byName = _byName.AddRange(names.Select(n => KeyValuePair.Create(
                n.Name, ActivatorUtilities.CreateInstance<ProcessInstance>(services, resource, n.Name, loggers.GetLogger(n.Name)))));
        }
    }

    /// <summary>Passes on what the orchestrator tells, until the application ends. Without an orchestrator the application ends too.</summary>
    public async Task WatchAsync(CancellationToken stopping)
    {
        try
        {
            HashSet<string> followed = new(StringComparer.Ordinal);
            await foreach (var (type, executable) in dcp.Client.WatchExecutablesAsync(stopping))
            {
                if (!_byName.TryGetValue(executable.Metadata.Name, out var instance))
                {
                    if (executable.Status?.State is "Finished" or "FailedToStart") LogDashboardEnded(logger, executable.Metadata.Name, executable.Status.ExitCode);
                    continue;
                }

                if (executable.Status?.State is not (null or "") && followed.Add(executable.Metadata.Uid ?? string.Empty)) FollowConsole(instance, stopping);
                await instance.ObserveAsync(type, executable);
            }

            stopping.ThrowIfCancellationRequested();
            LogLost(logger, "it closed the stream of changes");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            stopping.ThrowIfCancellationRequested();
            LogLost(logger, e.Message);
        }

        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    public void Dispose()
    {
        foreach (var instance in _byName.Values) instance.Dispose();
    }

    private void FollowConsole(ProcessInstance instance, CancellationToken stopping)
    {
        var forward = options.EnableResourceLogging ? loggerFactory.CreateLogger($"{model.GetType().Assembly.GetName().Name}.Resources.{instance.Resource.Name}") : null;
        _ = FollowConsoleAsync(instance.Name, "stdout", forward, stopping);
        _ = FollowConsoleAsync(instance.Name, "stderr", forward, stopping);
    }

    private async Task FollowConsoleAsync(string name, string source, ILogger? forward, CancellationToken stopping)
    {
        try
        {
            await foreach (var line in dcp.Client.FollowLogAsync(name, source, stopping))
            {
                loggers.Append(name, line, isErrorMessage: source == "stderr");
                if (forward is not null) LogLine(forward, line);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The application ends.
        }
        catch (Exception e) when (e is HttpRequestException or IOException or DistributedApplicationException)
        {
            LogConsoleLost(logger, name, source, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "'{Name}' ended by itself (exit code {ExitCode}): the application runs on without it.")]
    private static partial void LogDashboardEnded(ILogger logger, string name, int? exitCode);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The orchestrator is lost ({Reason}): the application ends.")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The console of '{Instance}' ({Source}) is lost: {Reason}")]
    private static partial void LogConsoleLost(ILogger logger, string instance, string source, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Line}")]
    private static partial void LogLine(ILogger logger, string line);
}
