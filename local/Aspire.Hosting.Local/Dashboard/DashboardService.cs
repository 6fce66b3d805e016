using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Grpc;
using Aspire.Hosting.Dashboard.Protos;

namespace Aspire.Hosting.Dashboard;

/// <summary>The calls that the dashboard makes: what runs, what it prints, and do this to it.</summary>
/// <param name="applicationName">Shown in the dashboard's title.</param>
/// <param name="notifications">State of the resources.</param>
/// <param name="loggers">Consoles of the resources.</param>
/// <param name="commands">Commands of the resources.</param>
internal sealed class DashboardService(
    string applicationName,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    ResourceCommandService commands)
{
    /// <summary>The dashboard accepts messages of 4 MiB; a batch of lines stays well below, counted in UTF-8 bytes.</summary>
    private const int MaxLogBatchBytes = 1024 * 1024;

    /// <exception cref="GrpcException">The method is unknown, or its own reason.</exception>
    public Task InvokeAsync(string method, GrpcCall call) => method switch
    {
        "GetApplicationInformation" => GetApplicationInformationAsync(call),
        "WatchResources" => WatchResourcesAsync(call),
        "WatchResourceConsoleLogs" => WatchResourceConsoleLogsAsync(call),
        "ExecuteResourceCommand" => ExecuteResourceCommandAsync(call),
        "WatchInteractions" => WatchInteractionsAsync(call),
        _ => throw new GrpcException(GrpcStatus.Unimplemented, $"Method '{method}' is unknown."),
    };

    private async Task GetApplicationInformationAsync(GrpcCall call)
    {
        await call.ReadRequestAsync(ApplicationInformationRequest.Parser);
        await call.WriteAsync(new ApplicationInformationResponse { ApplicationName = applicationName });
    }

    private async Task WatchResourcesAsync(GrpcCall call)
    {
        await call.ReadRequestAsync(WatchResourcesRequest.Parser);
        using var subscription = notifications.Subscribe();
        var initial = new InitialResourceData();
        initial.Resources.AddRange(subscription.Current.Select(ResourceMessage.From));
        await call.WriteAsync(new WatchResourcesUpdate { InitialData = initial });

        while (await subscription.Changes.WaitToReadAsync(call.Cancelled))
        {
            // A slow dashboard gets the newest state of each resource, not the history of how it came about.
            var newest = new Dictionary<string, ResourceEvent>(StringComparer.OrdinalIgnoreCase);
            while (subscription.Changes.TryRead(out var change))
            {
                newest[change.ResourceId] = change;
            }

            var changes = new WatchResourcesChanges();
            changes.Value.AddRange(newest.Values.Select(change => new WatchResourcesChange { Upsert = ResourceMessage.From(change) }));
            await call.WriteAsync(new WatchResourcesUpdate { Changes = changes });
        }
    }

    private async Task WatchResourceConsoleLogsAsync(GrpcCall call)
    {
        var request = await call.ReadRequestAsync(WatchResourceConsoleLogsRequest.Parser);
        if (!notifications.TryGetCurrentState(request.ResourceName, out var resource))
        {
            throw new GrpcException(GrpcStatus.NotFound, $"Resource '{request.ResourceName}' not found.");
        }

        var lines = request.SuppressFollow ? loggers.GetAllAsync(resource.ResourceId) : loggers.WatchAsync(resource.ResourceId);
        await call.SendHeadersAsync();
        await foreach (var batch in lines.WithCancellation(call.Cancelled))
        {
            await WriteLinesAsync(call, batch);
        }
    }

    private static async Task WriteLinesAsync(GrpcCall call, IReadOnlyList<LogLine> lines)
    {
        var update = new WatchResourceConsoleLogsUpdate();
        var bytes = 0;
        foreach (var line in lines)
        {
            // A UTF-16 unit becomes at most three bytes.
            var text = line.Content.Length > MaxLogBatchBytes / 3 ? line.Content[..(MaxLogBatchBytes / 3)] : line.Content;
            var size = Encoding.UTF8.GetByteCount(text);
            if (bytes + size > MaxLogBatchBytes)
            {
                await call.WriteAsync(update);
                update = new WatchResourceConsoleLogsUpdate();
                bytes = 0;
            }

            update.LogLines.Add(new ConsoleLogLine { LineNumber = line.LineNumber, Text = text, IsStdErr = line.IsErrorMessage });
            bytes += size;
        }

        if (update.LogLines.Count > 0)
        {
            await call.WriteAsync(update);
        }
    }

    private async Task ExecuteResourceCommandAsync(GrpcCall call)
    {
        var request = await call.ReadRequestAsync(ResourceCommandRequest.Parser);
        var result = await commands.ExecuteCommandAsync(request.ResourceName, request.CommandName, call.Cancelled);
        await call.WriteAsync(new ResourceCommandResponse
        {
            Kind = result.Success ? ResourceCommandResponseKind.Succeeded
                : result.Canceled ? ResourceCommandResponseKind.Cancelled
                : ResourceCommandResponseKind.Failed,
            Message = result.Message ?? "",
            ErrorMessage = result.Message ?? "",
        });
    }

    /// <summary>This host never asks its user anything in the dashboard, but the dashboard insists on an open line.</summary>
    private static async Task WatchInteractionsAsync(GrpcCall call)
    {
        await call.SendHeadersAsync();
        await call.DrainRequestAsync();
    }
}
