namespace Aspire.Hosting.ApplicationModel;

/// <summary>A fact that is attached to a resource.</summary>
public interface IResourceAnnotation;
