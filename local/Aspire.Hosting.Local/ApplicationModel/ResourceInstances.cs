namespace Aspire.Hosting.ApplicationModel;

/// <summary>From a resource to the ids of its instances.</summary>
internal static class ResourceInstances
{
    public static IReadOnlyList<string> GetInstanceIds(this IResource resource) =>
        resource.Annotations.OfType<DcpInstancesAnnotation>().LastOrDefault() is { Instances.IsDefaultOrEmpty: false } instances
            ? [.. instances.Instances.Select(i => i.Name)]
            : [resource.Name];
}
