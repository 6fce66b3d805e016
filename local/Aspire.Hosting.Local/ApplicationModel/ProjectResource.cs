namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project that the application runs.</summary>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport;
