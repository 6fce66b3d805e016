namespace Aspire.Hosting.ApplicationModel;

/// <summary>The composed application.</summary>
public class DistributedApplicationModel(IResourceCollection resources)
{
    public IResourceCollection Resources { get; } = resources;
}
