namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource that is a value, not something that starts and stops.</summary>
public interface IResourceWithoutLifetime : IResource;
