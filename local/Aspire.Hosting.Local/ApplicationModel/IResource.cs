namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the application: it has a name and annotations.</summary>
public interface IResource
{
    string Name { get; }

    ResourceAnnotationCollection Annotations { get; }
}
