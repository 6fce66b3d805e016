namespace Aspire.Hosting.Dcp;

/// <summary>A change of an object: ADDED, MODIFIED or DELETED.</summary>
internal sealed record DcpWatchEvent<T>(string Type, T Object);
