namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a resource relates to another one; see <see cref="KnownRelationshipTypes"/>.</summary>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;

    public string Type { get; } = type;
}
