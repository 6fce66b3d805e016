using Aspire.Hosting.ApplicationModel;

namespace Rag.Tests.Unit.Hosting;

/// <summary>A resource without anything but a name, and instances if asked for.</summary>
internal sealed class DashboardTestResource : IResource
{
    public DashboardTestResource(string name, params string[] instances)
    {
        Name = name;
        if (instances.Length > 0)
        {
            Annotations.Add(new DcpInstancesAnnotation([.. instances.Select((instance, i) => new DcpInstance(instance, i))]));
        }
    }

    public string Name { get; }

    public ResourceAnnotationCollection Annotations { get; } = [];

    public static CustomResourceSnapshot Snapshot(string state) => new() { ResourceType = "Project", Properties = [], State = state };
}
