using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds .NET projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new()
    {
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation<IProjectMetadata>(new TProject()).WithOtlpExporter();
        return project.WithEnvironment(context =>
        {
            var environment = builder.Environment.EnvironmentName;
            context.EnvironmentVariables.TryAdd("DOTNET_ENVIRONMENT", environment);
            context.EnvironmentVariables.TryAdd("ASPNETCORE_ENVIRONMENT", environment);

            // The console log is read by people, in a browser that shows ANSI colours.
            context.EnvironmentVariables.TryAdd("DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION", "true");
            context.EnvironmentVariables.TryAdd("LOGGING__CONSOLE__FORMATTERNAME", "simple");

            if (ListeningUrls(project.Resource) is { } urls) context.EnvironmentVariables.TryAdd("ASPNETCORE_URLS", urls);
        });
    }

    /// <summary>Runs several processes of the project; their endpoints share one address, at which the orchestrator spreads the connections.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(replicas);
        return builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);
    }

    private static ReferenceExpression? ListeningUrls(ProjectResource project)
    {
        var urls = new ReferenceExpressionBuilder();
        foreach (var endpoint in project.GetEndpoints().Where(e => e.IsHttp || e.IsHttps))
        {
            urls.AppendLiteral(urls.IsEmpty ? string.Empty : ";");
            urls.AppendLiteral($"{endpoint.Scheme}://{endpoint.EndpointAnnotation.TargetHost}:");
            urls.AppendFormatted(endpoint.Property(EndpointProperty.TargetPort));
        }

        return urls.IsEmpty ? null : urls.Build();
    }
}
