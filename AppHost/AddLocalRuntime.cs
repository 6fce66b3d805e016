using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RagObservability.AppHost.Runtime;

namespace RagObservability.AppHost;

/// <summary>What must be there before anything starts.</summary>
internal static partial class LocalRuntimeExtensions
{
    /// <summary>Fetches, when the application starts, what it runs on and what is not there yet.</summary>
    public static LocalRuntime AddLocalRuntime(this IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        var runtime = new LocalRuntime(
            Path.Combine(builder.AppHostDirectory, "..", "local", "runtime"), builder.Configuration, withPostgres: options.Infrastructure != Infrastructure.Containers);
        builder.Eventing.Subscribe<BeforeStartEvent>(async (starting, cancellationToken) =>
        {
            var logger = starting.Services.GetRequiredService<ILogger<LocalRuntime>>();
            if (LocalRuntime.IsLocalHosting) LogOtherMode(logger, HostingMode.OfficialCommand);
            await runtime.EnsureAsync(logger, TimeProvider.System, cancellationToken);
        });
        return runtime;
    }

    /// <summary>The folder of all data, opened (and emptied, where asked for) when the application starts.</summary>
    public static DataFolder AddDataFolder(this IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        var data = new DataFolder(options.DataFolder ?? Path.Combine(builder.AppHostDirectory, "..", ".data"), options.Fresh);

        // Given back with the application, not with the process: a test starts several.
        builder.Services.AddSingleton(_ => data);
        builder.Eventing.Subscribe<BeforeStartEvent>((starting, _) =>
        {
            starting.Services.GetRequiredService<DataFolder>().Open();
            return Task.CompletedTask;
        });
        return data;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Hosting library: the checkout's own (works on every feed). The official Aspire packages: {Command}")]
    private static partial void LogOtherMode(ILogger logger, string command);
}
