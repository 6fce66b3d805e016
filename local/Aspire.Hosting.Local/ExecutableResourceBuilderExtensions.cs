using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds programs.</summary>
public static class ExecutableResourceBuilderExtensions
{
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="command">Path of the program, or its name on PATH.</param>
    /// <param name="workingDirectory">Where it runs; a relative path starts at the AppHost's folder.</param>
    /// <param name="args">Its arguments.</param>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, string name, string command, string workingDirectory, params string[]? args)
    {
        var executable = builder.AddResource(new ExecutableResource(
            name, command, Path.GetFullPath(Path.Combine(builder.AppHostDirectory, workingDirectory))));
        return args is { Length: > 0 } ? executable.WithArgs(args) : executable;
    }
}
