using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The usual base of a resource.</summary>
[DebuggerDisplay("{GetType().Name,nq}: {Name}")]
public abstract class Resource : IResource
{
    protected Resource(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
    }

    /// <inheritdoc />
    public virtual string Name { get; }

    /// <inheritdoc />
    public virtual ResourceAnnotationCollection Annotations { get; } = [];
}
