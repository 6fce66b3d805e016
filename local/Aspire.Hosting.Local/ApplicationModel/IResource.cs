namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the application: it has a name and annotations.</summary>
public interface IResource
{
    /// <summary>Unique in the application: ASCII letters, digits and hyphens.</summary>
    string Name { get; }

    /// <summary>What was said about the resource while the application was composed.</summary>
    ResourceAnnotationCollection Annotations { get; }
}
