namespace Aspire.Hosting.ApplicationModel;

/// <summary>A relation to another resource, an edge of the dashboard's graph.</summary>
/// <param name="ResourceName">Name of the other resource.</param>
/// <param name="Type">What kind: <c>Reference</c>, <c>WaitFor</c> or <c>Parent</c>.</param>
public sealed record RelationshipSnapshot(string ResourceName, string Type);
