using System.Collections.Immutable;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The instances of a resource. A resource without this annotation has one instance, named as itself.</summary>
internal sealed record DcpInstancesAnnotation(ImmutableArray<DcpInstance> Instances) : IResourceAnnotation;
