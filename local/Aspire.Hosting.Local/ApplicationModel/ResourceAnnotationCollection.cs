using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What is known about a resource. Written while the application is described, only read while it runs.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;
