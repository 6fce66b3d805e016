using System.Globalization;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.Orchestrator;

/// <summary>From what was said about a resource to the process that is started.</summary>
internal sealed class ExecutionConfiguration(DistributedApplicationExecutionContext executionContext)
{
    /// <summary>Asks every callback and waits until every value is known.</summary>
    /// <exception cref="DistributedApplicationException">A value is missing, or the project was not built.</exception>
    public async Task<ExecutableSpec> ResolveAsync(IResource resource, string instanceName, CancellationToken cancellationToken)
    {
        var environment = new EnvironmentCallbackContext(executionContext, resource, cancellationToken: cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray()) await annotation.Callback(environment);

        var args = new CommandLineArgsCallbackContext([], resource, cancellationToken) { ExecutionContext = executionContext };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToArray()) await annotation.Callback(args);

        List<EnvironmentVariable> variables = [];
        foreach (var (name, value) in environment.EnvironmentVariables)
        {
            if (await TextAsync(value, cancellationToken) is { } text)
            {
                var instanceId = instanceName[(resource.Name.Length + 1)..];
                variables.Add(new(name, text.Replace(OtlpConfigurationExtensions.InstanceIdPlaceholder, instanceId, StringComparison.Ordinal)));
            }
        }

        List<string> texts = [];
        foreach (var arg in args.Args)
        {
            if (await TextAsync(arg, cancellationToken) is { } text) texts.Add(text);
        }

        return resource switch
        {
            ProjectResource project => OfProject(project, texts, variables),
            ExecutableResource executable => new ExecutableSpec(executable.Command, executable.WorkingDirectory, texts, variables),
            _ => throw new InvalidOperationException($"{resource.GetType().Name} '{resource.Name}' has no process."),
        };
    }

    /// <summary>The names of the variables whose values come from a secret parameter or a connection string are not told apart: the dashboard hides all values.</summary>
    private static async ValueTask<string?> TextAsync(object value, CancellationToken cancellationToken) => value switch
    {
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(cancellationToken),
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(cancellationToken),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static ExecutableSpec OfProject(ProjectResource project, List<string> args, List<EnvironmentVariable> variables)
    {
        var metadata = project.Annotations.OfType<IProjectMetadata>().Last();
        var assembly = metadata.GetType().GetCustomAttribute<ProjectAssemblyAttribute>()?.Path;
        if (assembly is null || !File.Exists(assembly))
            throw new DistributedApplicationException($"The project '{metadata.ProjectPath}' is not built: build the AppHost, which builds it too.");

        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        return new ExecutableSpec(dotnet, Path.GetDirectoryName(metadata.ProjectPath), [assembly, .. args], variables);
    }
}
