using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Runs the commands of resources.</summary>
public partial class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _loggers;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(ResourceNotificationService notifications, ResourceLoggerService loggers, IServiceProvider services)
    {
        _notifications = notifications;
        _loggers = loggers;
        _services = services;
    }

    /// <summary>Runs a command on one instance, given by its id, or by its resource's name where that has one instance only.</summary>
    /// <returns>Failure, with a message, also for an unknown resource or command.</returns>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default) =>
        _notifications.TryGetCurrentState(resourceId, out var current)
            ? await ExecuteAsync(current.Resource, current.ResourceId, commandName, cancellationToken)
            : CommandResults.Failure($"Resource '{resourceId}' not found.");

    /// <summary>Runs a command on all instances of a resource at once.</summary>
    /// <returns>Success when all succeeded; otherwise the failures' messages.</returns>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var results = await Task.WhenAll(resource.GetInstanceIds().Select(id => ExecuteAsync(resource, id, commandName, cancellationToken)));
        var failures = results.Where(r => !r.Success && !r.Canceled).ToList();
        return failures.Count > 0 ? CommandResults.Failure(string.Join("; ", failures.Select(f => f.Message)))
            : results.FirstOrDefault(r => r.Canceled) ?? results[0];
    }

    private async Task<ExecuteCommandResult> ExecuteAsync(IResource resource, string resourceId, string commandName, CancellationToken cancellationToken)
    {
        var command = resource.Annotations.OfType<ResourceCommandAnnotation>()
            .LastOrDefault(c => string.Equals(c.Name, commandName, StringComparison.OrdinalIgnoreCase));
        if (command is null)
        {
            return CommandResults.Failure($"Resource '{resourceId}' has no command '{commandName}'.");
        }

        var logger = _loggers.GetLogger(resourceId);
        try
        {
            LogExecuting(logger, commandName);
            var result = await command.ExecuteCommand(new ExecuteCommandContext
            {
                Services = _services,
                ResourceName = resourceId,
                CancellationToken = cancellationToken,
                Logger = logger,
            });
            if (result.Success)
            {
                LogSucceeded(logger, commandName);
            }
            else
            {
                LogFailed(logger, commandName, result.Canceled ? "cancelled" : result.Message ?? "no reason given");
            }

            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogFailed(logger, commandName, "cancelled");
            return CommandResults.Canceled();
        }
        catch (Exception e)
        {
            // The command is the application's own code: whatever it throws is its answer, and must not end the caller.
            LogThrew(logger, e, commandName);
            return CommandResults.Failure(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Executing command '{Command}'.")]
    private static partial void LogExecuting(ILogger logger, string command);

    [LoggerMessage(Level = LogLevel.Information, Message = "Successfully executed command '{Command}'.")]
    private static partial void LogSucceeded(ILogger logger, string command);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Command '{Command}' did not succeed: {Reason}")]
    private static partial void LogFailed(ILogger logger, string command, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Command '{Command}' failed.")]
    private static partial void LogThrew(ILogger logger, Exception exception, string command);
}
