using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace RagObservability.AppHost;

/// <summary>What all services of the house have in common for whoever hosts them.</summary>
internal static partial class ServiceExtensions
{
    /// <summary>Adds a web service with a health endpoint.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="port">The port at which it is reached; null = any free one.</param>
    /// <param name="healthPath">Path that answers 200 while it is healthy.</param>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(this IDistributedApplicationBuilder builder, string name, int? port = null, string healthPath = "/health")
        where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name)
            .WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName)
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
            .WithHttpEndpoint(port)
            .WithHttpHealthCheck(healthPath);

    /// <summary>Keeps what a service writes to disk (spools, audit journal, log files) in the data folder.</summary>
    public static IResourceBuilder<ProjectResource> WithDataIn(this IResourceBuilder<ProjectResource> service, DataFolder data)
    {
        var folder = data.Folder(service.Resource.Name);
        return service
            .WithEnvironment("Spool__Folder", Path.Combine(folder, "spool"))
            .WithEnvironment("Audit__Folder", Path.Combine(folder, "audit"))
            .WithEnvironment("Logging__Files__Folder", Path.Combine(folder, "logs"));
    }

    /// <summary>Says on the console where a service is, as soon as it is there for the first time.</summary>
    public static IResourceBuilder<ProjectResource> Announced(this IResourceBuilder<ProjectResource> service, string what)
    {
        var isSaid = false;
        return service.OnResourceReady((resource, ready, _) =>
        {
            if (isSaid) return Task.CompletedTask;
            isSaid = true;
            LogAddress(ready.Services.GetRequiredService<ILogger<AppHostOptions>>(), what, resource.GetEndpoint("http").Url);
            return Task.CompletedTask;
        });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{What} is at {Url}")]
    private static partial void LogAddress(ILogger logger, string what, string url);
}
