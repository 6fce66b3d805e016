namespace Aspire.Hosting.ApplicationModel;

/// <summary>One running copy of a resource.</summary>
/// <param name="Name">Name of the object in the orchestrator, and id of the instance everywhere else.</param>
/// <param name="Index">Counts a resource's instances from 0.</param>
internal sealed record DcpInstance(string Name, int Index);
