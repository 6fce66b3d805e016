namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource that lives inside another one and shares its state.</summary>
public interface IResourceWithParent : IResource
{
    IResource Parent { get; }
}
